/** How long messages are. */
import type { MessageLengths } from '../memory/controller-options.js';
import type { ResolvedSpecification } from './specification/specification.js';

/** Lengths of messages in flits. */
export function messageLengths({ network, processor }: ResolvedSpecification): MessageLengths {
  const { flitBytes, headerBytes } = network;
  return {
    control: Math.ceil(headerBytes / flitBytes),
    data: Math.ceil((headerBytes + processor.l2.lineBytes) / flitBytes),
  };
}
