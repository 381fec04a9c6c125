/**
 * `npm run test:mutants`: plants small faults in lib, one at a time, and runs the specs that reach each: first those of the
 * mutant's own room, then the system's. Lists the faults that no spec notices. Not part of `npm test`: it takes an hour.
 *
 *   npm run test:mutants -- --count 300 --seed 1 --rooms memory,placement --jobs 2 --again
 *
 * Results are kept in .cache/mutants/ and reused for equal draws of unchanged code; `--again` runs survivors anew (after
 * specs were added). A survivor that changes nothing has a line in excused.json that says why.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import seedrandom from 'seedrandom';
import { candidates } from './candidates.mjs';
import { makeTree, MOST, writeMutants } from './tree.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const CACHE = join(ROOT, '.cache', 'mutants');
const TREE = join(CACHE, 'tree');
const REACHED = join(CACHE, 'reached');
/** Specs that look at the text of lib, which has the switches in it here. */
const NOT_RUN = ['spec/layering.spec.ts', 'spec/api.spec.ts', 'spec/docs.spec.ts', 'spec/examples.spec.ts'];

/** Of specs outside the mutant's room the quickest are run, this long in all as they were recorded. */
const SYSTEM_MS = 60_000;

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    rooms: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    again: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const files = readdirSync(join(ROOT, 'lib'), { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => relative(ROOT, join(entry.parentPath, entry.name)))
  .filter(file => file.split('/').length > 2 && !file.endsWith('/index.ts'))
  .sort();

/** The draw: as many mutants from each room, none over another. A room that has fewer gives what it has. */
function draw(count, seed, chosen) {
  const rooms = new Map();
  for (const file of files) {
    const room = file.split('/')[1];
    if (chosen && !chosen.includes(room)) continue;
    const text = readFileSync(join(ROOT, file), 'utf8');
    const found = candidates(file, text).map(candidate => ({
      ...candidate,
      file,
      room,
      line: lineOf(text, candidate),
    }));
    rooms.set(room, [...(rooms.get(room) ?? []), ...found]);
  }
  const drawn = [];
  const names = [...rooms.keys()].sort();
  names.forEach((room, index) => {
    const wanted = Math.floor(((index + 1) * count) / names.length) - Math.floor((index * count) / names.length);
    const random = seedrandom(`mutants/${seed}/${room}`);
    const pool = rooms.get(room);
    const taken = [];
    while (taken.length < wanted && pool.length > 0) {
      const [mutant] = pool.splice(Math.floor(random() * pool.length), 1);
      const over = other => other.file === mutant.file && other.start < mutant.end && mutant.start < other.end;
      if (!taken.some(over)) taken.push(mutant);
    }
    drawn.push(...taken);
  });
  return drawn.map((mutant, id) => ({ id, ...mutant }));
}

function lineOf(text, { start }) {
  const number = text.slice(0, start).split('\n').length;
  return { number, text: text.split('\n')[number - 1].trim() };
}

function specFiles() {
  return ['spec', 'examples']
    .flatMap(folder => readdirSync(join(TREE, folder), { recursive: true }).map(name => `${folder}/${name}`))
    .filter(name => name.endsWith('.spec.ts') && !NOT_RUN.includes(name))
    .sort();
}

/**
 * Runs Jest on some specs of the tree. True if all pass; `late` if a process takes more than `seconds` of processor time, which
 * does not depend on what else the machine does.
 */
function jest(specs, env, seconds, extra = []) {
  const command = [process.execPath, join(ROOT, 'node_modules/jest/bin/jest.js'), '--ci', '--bail=1', ...extra];
  const child = spawn('sh', ['-c', `ulimit -t ${seconds}; exec "$@"`, 'sh', ...command, '--runTestsByPath', ...specs], {
    cwd: TREE,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', text => (log = (log + text).slice(-200_000)));
  return new Promise(resolve =>
    child.on('close', (code, signal) => resolve({ passed: code === 0, late: signal !== null, log })),
  );
}

/** Which specs reach which mutant, and how long each spec takes, from one run of everything. */
async function record(mutants, hash) {
  const file = join(CACHE, `reached-${hash}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  writeMutants(ROOT, TREE, mutants, 'recording');
  rmSync(REACHED, { recursive: true, force: true });
  mkdirSync(REACHED, { recursive: true });
  const report = join(CACHE, 'record.json');
  console.error('recording which specs reach which mutants: one run of all specs');
  const extra = ['--json', '--outputFile', report, '--bail=0', '-w', options.jobs];
  const { passed, log } = await jest(specFiles(), { MUTANTS_REACHED: REACHED }, 7200, extra);
  if (!passed) throw new Error(`the specs do not pass without a mutant:\n${log.slice(-5000)}`);
  const results = JSON.parse(readFileSync(report, 'utf8')).testResults;
  const ms = Object.fromEntries(
    results.map(({ name, startTime, endTime }) => [relative(TREE, name), endTime - startTime]),
  );
  const reached = {};
  for (const name of readdirSync(REACHED)) {
    const { spec, reached: ids } = JSON.parse(readFileSync(join(REACHED, name), 'utf8'));
    const specs = spec === null ? runningAt(statSync(join(REACHED, name)).mtimeMs, results) : [relative(TREE, spec)];
    for (const id of ids) reached[id] = [...new Set([...(reached[id] ?? []), ...specs])];
  }
  writeFileSync(file, JSON.stringify({ reached, ms }));
  return { reached, ms };
}

/** A process that a spec started belongs to one of those that ran when it ended. */
function runningAt(time, results) {
  return results
    .filter(({ startTime, endTime }) => startTime <= time && time <= endTime)
    .map(({ name }) => relative(TREE, name));
}

/** The specs of one mutant in three rounds: the nearest, the others of its room, the system's. */
function rounds(mutant, { reached, ms }) {
  const found = reached[mutant.id] ?? [];
  const own = spec => spec.startsWith(`spec/${mutant.room}/`);
  const named = spec => basename(spec, '.spec.ts') === basename(mutant.file, '.ts');
  const quickest = found.filter(spec => spec in ms).sort((a, b) => ms[a] - ms[b]);
  const room = quickest.filter(own).sort((a, b) => Number(named(b)) - Number(named(a)));
  let spent = 0;
  const others = quickest.filter(spec => !own(spec) && (spent += ms[spec]) < SYSTEM_MS);
  return [room.slice(0, 4), room.slice(4), others.slice(0, 6), others.slice(6)].filter(list => list.length > 0);
}

async function judge(mutant, recorded) {
  if (!recorded.reached[mutant.id]) return { verdict: 'survived', why: 'no spec reaches it' };
  for (const specs of rounds(mutant, recorded)) {
    const usual = specs.reduce((sum, spec) => sum + recorded.ms[spec], 0);
    const seconds = Math.ceil(30 + (3 * usual) / 1000);
    const { passed, late, log } = await jest(specs, { MUTANT: String(mutant.id) }, seconds, ['-i']);
    if (late) return { verdict: 'caught', by: 'time' };
    if (!passed) return { verdict: 'caught', by: /FAIL (\S+)/.exec(log)?.[1] ?? 'a spec that cannot be loaded' };
  }
  return { verdict: 'survived', why: 'the specs of its room and the quickest others that reach it pass' };
}

const EXCUSED = JSON.parse(readFileSync(join(import.meta.dirname, 'excused.json'), 'utf8'));

function excuse({ file, was, becomes, line }) {
  return EXCUSED.find(row => row.file === file && row.was === was && row.becomes === becomes && row.line === line.text)
    ?.why;
}

function describe(mutant) {
  const { file, line, kind, was, becomes } = mutant;
  const short = code => (code.length > 90 ? `${code.slice(0, 87)}...` : code).replaceAll(/\s+/g, ' ');
  return `${file}:${line.number} ${kind}: ${short(was)} -> ${becomes === '' ? '(nothing)' : short(becomes)}`;
}

async function main() {
  const count = Number(options.count);
  if (!Number.isInteger(count) || count < 1 || count > MOST)
    throw new RangeError(`--count takes a whole number from 1 to ${MOST}, not ${options.count}`);
  const mutants = draw(count, options.seed, options.rooms?.split(','));
  if (options.list) {
    for (const mutant of mutants) console.log(describe(mutant));
    return;
  }
  mkdirSync(CACHE, { recursive: true });
  makeTree(ROOT, TREE, { fresh: false });
  const hash = createHash('sha256').update(JSON.stringify(mutants)).digest('hex').slice(0, 12);
  const file = join(CACHE, `verdicts-${hash}.json`);
  const verdicts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  if (options.again) rmSync(join(CACHE, `reached-${hash}.json`), { force: true });
  const recorded = await record(mutants, hash);
  writeMutants(ROOT, TREE, mutants, 'active');

  // The command line last: its specs start processes.
  const last = mutants.filter(({ room }) => room === 'cli');
  const queue = [...mutants.filter(({ room }) => room !== 'cli'), ...last].filter(
    ({ id }) => !verdicts[id] || (options.again && verdicts[id].verdict === 'survived'),
  );
  const worker = async () => {
    for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
      const verdict = excuse(mutant) ? { verdict: 'survived', why: 'excused' } : await judge(mutant, recorded);
      verdicts[mutant.id] = verdict;
      writeFileSync(file, JSON.stringify(verdicts));
      console.error(`${queue.length} left; ${verdict.verdict} ${verdict.by ?? ''} ${describe(mutant)}`);
    }
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
  report(mutants, verdicts);
}

function report(mutants, verdicts) {
  const survivors = mutants.filter(({ id }) => verdicts[id].verdict === 'survived');
  const open = survivors.filter(mutant => !excuse(mutant));
  for (const mutant of survivors)
    console.log(
      `${describe(mutant)}\n    ${excuse(mutant) ? `changes nothing: ${excuse(mutant)}` : verdicts[mutant.id].why}`,
    );
  const rooms = [...new Set(mutants.map(({ room }) => room))];
  for (const room of rooms) {
    const own = mutants.filter(mutant => mutant.room === room);
    const alive = open.filter(mutant => mutant.room === room).length;
    const excused = survivors.filter(mutant => mutant.room === room).length - alive;
    console.log(
      `${room.padEnd(13)} ${own.length} drawn, ${own.length - alive - excused} caught, ${alive} survived, ${excused} change nothing`,
    );
  }
  const judged = mutants.length - (survivors.length - open.length);
  const caught = judged - open.length;
  console.log(`${caught} of ${judged} that change something are caught: ${((100 * caught) / judged).toFixed(1)} %`);
}

await main();
