/** A machine that runs a recorded system as a guest. */
import { RecordedGuest } from '../../../lib/guest/recorded/guest.js';
import type { SystemImage } from '../../../lib/guest/recorded/image.js';
import { buildMachine, type Machine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';

/** Both, ready to run. */
export interface Running {
  readonly machine: Machine;
  readonly guest: RecordedGuest;
}

/** Builds them. */
export function withRecording(
  image: SystemImage,
  { runAhead = true, statusPairs = false }: { readonly runAhead?: boolean; readonly statusPairs?: boolean } = {},
): Running {
  const machine = buildMachine(presets['disco-1997']({ nodes: image.streams.length }), {
    seed: 1,
    layout: 'interleaved',
    runAhead,
  });
  const guest = new RecordedGuest({ image, pages: machine.layout!.length, statusPairs });
  machine.load(guest, guest.boot());
  return { machine, guest };
}
