/** Parts of recorded systems, and what there is to execute in them. */
import type { SystemImage, SystemStep } from '../../../lib/guest/recorded/image.js';

/** The first steps of each processor. */
export function firstSteps(image: SystemImage, steps: number): SystemImage {
  return { ...image, streams: image.streams.map(stream => ({ ...stream, steps: stream.steps.slice(0, steps) })) };
}

/** Instructions of the steps, by mode; returns, and privileged operations without them. */
export function instructionsOf({ streams }: SystemImage): {
  user: number;
  kernel: number;
  privileged: number;
  returns: number;
  entries: number;
} {
  const sum = { user: 0, kernel: 0, privileged: 0, returns: 0, entries: 0 };
  for (const { steps, gaps } of streams)
    for (const step of steps) {
      if (step.kind === 'run') {
        let instructions = 0;
        for (let i = step.from; i < step.to; i++) instructions += gaps[i];
        sum[step.user ? 'user' : 'kernel'] += instructions;
      } else if (step.kind === 'compute') sum[step.user ? 'user' : 'kernel'] += step.instructions;
      else if (step.kind === 'privileged') sum.privileged++;
      else if (step.kind === 'return') {
        sum.returns++;
        if (step.status) sum.privileged++;
      } else if (step.kind === 'enter') {
        sum.entries++;
        if (step.status) sum.privileged++;
      }
    }
  sum.kernel += sum.privileged + sum.returns;
  return sum;
}

/** Whether a step is a run of references in user mode. */
export function isUserRun(step: SystemStep): step is Extract<SystemStep, { readonly kind: 'run' }> {
  return step.kind === 'run' && step.user;
}
