/**
 * The classic litmus tests: 44 of the public suite litmus-tests-x86 (tests/non-mixed-size), which the diy tools generated
 * from the cycles of Alglave, Maranget and Tautschnig, Herding Cats, and Sewell et al., x86-TSO. A line is a test:
 * name, threads, condition. `Wx1` stores 1 to x, `Rx0` loads x into r0, `F` is a fence.
 */
import { LocationNames, ThreadBuilder } from './builder.js';
import { OutcomePlaces, readCondition, readQuantifier } from './condition-reader.js';
import { LitmusScanner } from './scanner.js';
import type { LitmusTest } from './litmus-test.js';

const CLASSICS = String.raw`
SB: Wx1 Ry0 | Wy1 Rx0: exists (0:r0=0 /\ 1:r0=0)
SB+mfences: Wx1 F Ry0 | Wy1 F Rx0: exists (0:r0=0 /\ 1:r0=0)
SB+mfence+po: Wx1 F Ry0 | Wy1 Rx0: exists (0:r0=0 /\ 1:r0=0)
MP: Wx1 Wy1 | Ry0 Rx1: exists (1:r0=1 /\ 1:r1=0)
LB: Rx0 Wy1 | Ry0 Wx1: exists (0:r0=1 /\ 1:r0=1)
S: Wx2 Wy1 | Ry0 Wx1: exists (x=2 /\ 1:r0=1)
R: Wx1 Wy1 | Wy2 Rx0: exists (y=2 /\ 1:r0=0)
R+mfence+po: Wx1 F Wy1 | Wy2 Rx0: exists (y=2 /\ 1:r0=0)
R+po+mfence: Wx1 Wy1 | Wy2 F Rx0: exists (y=2 /\ 1:r0=0)
R+mfences: Wx1 F Wy1 | Wy2 F Rx0: exists (y=2 /\ 1:r0=0)
2+2W: Wx2 Wy1 | Wy2 Wx1: exists (x=2 /\ y=2)
WRC: Wx1 | Rx0 Wy1 | Ry0 Rx1: exists (1:r0=1 /\ 2:r0=1 /\ 2:r1=0)
ISA2: Wx1 Wy1 | Ry0 Wz1 | Rz0 Rx1: exists (1:r0=1 /\ 2:r0=1 /\ 2:r1=0)
RWC: Wx1 | Rx0 Ry1 | Wy1 Rx0: exists (1:r0=1 /\ 1:r1=0 /\ 2:r0=0)
RWC+po+mfence: Wx1 | Rx0 Ry1 | Wy1 F Rx0: exists (1:r0=1 /\ 1:r1=0 /\ 2:r0=0)
RWC+mfence+po: Wx1 | Rx0 F Ry1 | Wy1 Rx0: exists (1:r0=1 /\ 1:r1=0 /\ 2:r0=0)
WWC: Wx2 | Rx0 Wy1 | Ry0 Wx1: exists (x=2 /\ 1:r0=2 /\ 2:r0=1)
WRW+WR: Wx1 | Rx0 Wy1 | Wy2 Rx0: exists (y=2 /\ 1:r0=1 /\ 2:r0=0)
WRR+2W: Wx2 | Rx0 Ry1 | Wy1 Wx1: exists (x=2 /\ 1:r0=2 /\ 1:r1=0)
WRW+2W: Wx2 | Rx0 Wy1 | Wy2 Wx1: exists (x=2 /\ y=2 /\ 1:r0=2)
W+RWC: Wx1 Wy1 | Ry0 Rz1 | Wz1 Rx0: exists (1:r0=1 /\ 1:r1=0 /\ 2:r0=0)
Z6.0: Wx1 Wy1 | Ry0 Wz1 | Wz2 Rx0: exists (z=2 /\ 1:r0=1 /\ 2:r0=0)
Z6.1: Wx2 Wy1 | Wy2 Wz1 | Rz0 Wx1: exists (x=2 /\ y=2 /\ 2:r0=1)
Z6.2: Wx2 Wy1 | Ry0 Wz1 | Rz0 Wx1: exists (x=2 /\ 1:r0=1 /\ 2:r0=1)
Z6.3: Wx1 Wy1 | Wy2 Wz1 | Rz0 Rx1: exists (y=2 /\ 2:r0=1 /\ 2:r1=0)
Z6.4: Wx1 Wy1 | Wy2 Rz0 | Wz1 Rx0: exists (y=2 /\ 1:r0=0 /\ 2:r0=0)
Z6.5: Wx1 Wy1 | Wy2 Wz1 | Wz2 Rx0: exists (y=2 /\ z=2 /\ 2:r0=0)
3.SB: Wx1 Ry0 | Wy1 Rz0 | Wz1 Rx0: exists (0:r0=0 /\ 1:r0=0 /\ 2:r0=0)
3.LB: Rx0 Wy1 | Ry0 Wz1 | Rz0 Wx1: exists (0:r0=1 /\ 1:r0=1 /\ 2:r0=1)
3.2W: Wx2 Wy1 | Wy2 Wz1 | Wz2 Wx1: exists (x=2 /\ y=2 /\ z=2)
IRIW: Wx1 | Rx0 Ry1 | Wy1 | Ry0 Rx1: exists (1:r0=1 /\ 1:r1=0 /\ 3:r0=1 /\ 3:r1=0)
IRIW+mfences: Wx1 | Rx0 F Ry1 | Wy1 | Ry0 F Rx1: exists (1:r0=1 /\ 1:r1=0 /\ 3:r0=1 /\ 3:r1=0)
CoRR: Wx1 | Rx0 Rx1: exists (not (x=1 /\ (1:r0=0 /\ (1:r1=0 \/ 1:r1=1) \/ 1:r0=1 /\ 1:r1=1)))
CoRR1: Wx1 | Rx0 Rx1: forall (x=1 /\ ((1:r1=1 /\ (1:r0=1 \/ 1:r0=0)) \/ (1:r1=0 /\ 1:r0=0)))
CoRW: Rx0 Wx1 | Wx2: forall ((x=2 /\ 0:r0=0) \/ (x=1 /\ (0:r0=2 \/ 0:r0=0)))
CoRW1: Rx0 Wx1: exists (not (0:r0=0 /\ x=1))
CoRW2: Wx1 | Rx0 Wx2: exists (not (1:r0=0 /\ (x=2 \/ x=1) \/ 1:r0=1 /\ x=2))
CoWR: Wx1 Rx0 | Wx2: forall ((x=2 /\ (0:r0=2 \/ 0:r0=1)) \/ (x=1 /\ 0:r0=1))
CoWR0: Wx1 Rx0: exists (not (0:r0=1 /\ x=1))
CoWW: Wx1 Wx2: exists (not (x=2))
CO-SBI: Wx1 Rx0 Rx1 | Wx2 Rx0 Rx1: forall ((x=2 /\ (1:r1=2 /\ (1:r0=2 /\ ((0:r1=2 /\ (0:r0=2 \/ 0:r0=1)) \/ (0:r1=1 /\ 0:r0=1))))) \/ (x=1 /\ (0:r1=1 /\ (0:r0=1 /\ ((1:r1=2 /\ 1:r0=2) \/ (1:r1=1 /\ (1:r0=2 \/ 1:r0=1)))))))
SB+poss: Wx1 Rx0 | Wx2 Rx0: exists (not (0:r0=1 /\ (1:r0=2 /\ (x=1 \/ x=2) \/ 1:r0=1 /\ x=1) \/ 0:r0=2 /\ 1:r0=2 /\ x=2))
MP+poss: Wx1 Wx2 | Rx0 Rx1: exists (not (x=2 /\ (1:r0=0 /\ (1:r1=0 \/ 1:r1=1 \/ 1:r1=2) \/ 1:r0=1 /\ (1:r1=2 \/ 1:r1=1) \/ 1:r0=2 /\ 1:r1=2)))
LB+poss: Rx0 Wx1 | Rx0 Wx2: exists (not (0:r0=0 /\ (1:r0=0 /\ (x=1 \/ x=2) \/ 1:r0=1 /\ x=2) \/ 0:r0=2 /\ 1:r0=0 /\ x=1))
`;

/** The classic tests, freshly read. */
export function classicLitmusTests(): LitmusTest[] {
  return CLASSICS.trim().split('\n').map(readClassic);
}

function readClassic(line: string): LitmusTest {
  const [, name, columns, condition] = /^(\S+): (.*?): (.*)$/.exec(line)!;
  const scanner = new LitmusScanner(name, condition);
  const locations = new LocationNames();
  const threads = columns.split(' | ').map(column => {
    const thread = new ThreadBuilder(locations, new Map());
    for (const [kind, location, value] of column.split(' '))
      if (kind === 'F') thread.add({ kind: 'fence' });
      else addAccess(thread, kind, thread.location(location), value);
    thread.resolve();
    return thread;
  });
  const quantifier = readQuantifier(scanner);
  return {
    name: name,
    locations: locations.names,
    initial: locations.initial,
    threads: threads.map(thread => thread.finish()),
    quantifier,
    condition: readCondition(scanner, new OutcomePlaces(text => text, locations, threads)),
  };
}

function addAccess(thread: ThreadBuilder, kind: string, location: number, value: string): void {
  if (kind === 'W') thread.add({ kind: 'store', location, value: { value: Number(value) } });
  else thread.add({ kind: 'load', register: thread.written(`r${value}`), location });
}
