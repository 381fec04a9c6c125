/** Results of the procedures of NFS. */
import { statusOf, type Attributes } from './nfs-protocol.js';
import type { Exported } from './nfs-handles.js';
import { Accept } from '../rpc/rpc-message.js';
import type { RpcResult } from '../rpc/rpc-server.js';

/** What a client is told of a file. */
export function attributesOf({ vnode, version, handle }: Exported): Attributes {
  return { kind: vnode.kind === 'directory' ? 'directory' : 'file', size: vnode.size, version, fileId: handle[1] };
}

/** A procedure succeeded: its status, and what it returns. */
export const success = (words: readonly number[]): RpcResult => result([0, ...words]);

/** A procedure failed: the status that stands for an error. */
export const failure = (error: number): RpcResult => result([statusOf(error)]);

const result = (words: readonly number[]): RpcResult => ({ accept: Accept.SUCCESS, words, data: [], done: null });
