/** `disco-sim record`, as a user runs it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { decodeMissLog } from '../../lib/placement/log/decode.js';
import { build, disco, inFolder, put, smallTrace } from './running.js';

beforeAll(build, 120_000);

describe('disco-sim record', () => {
  it('writes a log that can be read, the same for the same seed', () =>
    inFolder(folder => {
      put(folder, 'x.ntr', smallTrace());
      const { stdout, stderr, exit } = disco(folder, 'record', 'x.ntr', '--out', 'x.misses', '--policy', 'round-robin');
      const log = decodeMissLog(readFileSync(join(folder, 'x.misses')));
      expect([exit, stderr]).toEqual([0, '']);
      expect(stdout).toBe(`${log.length} misses of ${log.header.source} are in x.misses\n`);
      expect(log.header.source).toBe('x (NTR1) on disco-1997 under round-robin, seed 1997');
      expect(log.length).toBeGreaterThan(0);
      // What is there is replaced as a whole.
      put(folder, 'y.misses', 'something else');
      disco(folder, 'record', 'x.ntr', '--out', 'y.misses', '--policy', 'round-robin', '--preset', 'disco-1997');
      const [x, y] = ['x.misses', 'y.misses'].map(name => readFileSync(join(folder, name)));
      expect(x.equals(y)).toBe(true);
      expect(readdirSync(folder).sort()).toEqual(['x.misses', 'x.ntr', 'y.misses']);
    }));

  const LOG = ['--out', 'x.misses'];
  const refused: readonly [what: string, words: readonly string[], says: string][] = [
    ['no file', ['record'], 'record needs a FILE; see disco-sim record --help'],
    ['nothing to write', ['record', 'x.ntr'], 'record needs --out LOG, the file to write'],
    ['two presets', ['record', 'x.ntr', ...LOG, '--preset', 'disco-1997,uma'], '--preset takes one name here, not disco-1997,uma'],
    ['an unknown policy', ['record', 'x.ntr', ...LOG, '--policy', 'migrte'], 'there is no policy migrte; did you mean migrate?'],
    ['the plural of trace', ['record', 'x.ntr', ...LOG, '--policies', 'migrate'], 'there is no option --policies; did you mean --policy?'],
    ['an input as output', ['record', 'x.ntr', '--out', 'x.ntr'], 'cannot write x.ntr: it is a trace that is to be read'],
    ['two traces', ['record', 'x.ntr', 'x.ntr', ...LOG], 'record takes the files of one trace, but these are 2'],
    ['a file that is not there', ['record', 'y.ntr', ...LOG], 'cannot read y.ntr: there is no such file or folder'],
    ['a folder that is not there', ['record', 'x.ntr', '--out', 'no/x.misses'], 'cannot write no/x.misses: '],
    ['a log instead of a trace', ['record', 'old.misses', ...LOG], 'old.misses: '],
    ['a policy that needs more than is recorded', ['record', 'x.din', ...LOG, '--policy', 'migrate'], 'the policy migrate needs to know thread'],
  ]; // prettier-ignore
  it.each(refused)('because of %s says so in a line and leaves nothing behind', (_, words, says) =>
    inFolder(folder => {
      put(folder, 'x.ntr', smallTrace());
      put(folder, 'x.din', '0 1000\n1 2000\n2 3000\n');
      put(folder, 'old.misses', '{"format":"disco-sim miss log","version":1}\n');
      const { stdout, stderr, exit } = disco(folder, ...words);
      expect([exit, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^disco-sim: .+\n$/);
      expect(stderr).toContain(says);
      expect(readdirSync(folder).sort()).toEqual(['old.misses', 'x.din', 'x.ntr']);
      expect(readFileSync(join(folder, 'x.ntr')).equals(Buffer.from(smallTrace()))).toBe(true);
    }),
  );

  it('tells its options', () => {
    expect(disco('.', 'record', '--help')).toMatchObject({ exit: 0, stderr: '' });
  });
});
