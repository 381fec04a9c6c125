import fc from 'fast-check';

/**
 * Properties draw the same cases in every run of the gate, so that what fails is what was changed. Fresh cases are for
 * `npm run test:random`, which prints the seed of what fails; `FC_SEED=N` draws that seed's cases anew.
 */
const seed = process.env.FC_SEED ?? '1997';
if (!/^(random|-?\d{1,10})$/.test(seed))
  throw new Error(`FC_SEED is '${seed}', it should be a whole number or 'random'`);
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
