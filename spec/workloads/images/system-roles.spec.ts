import { describe, expect, it } from '@jest/globals';
import type { Privileged, SystemStep } from '../../../lib/guest/recorded/image.js';
import { assignRoles } from '../../../lib/workloads/images/system-roles.js';

const enter = (cause: 'fault' | 'system call'): SystemStep => ({ kind: 'enter', cause, status: false });
const leave = (to: 'user' | 'kernel' = 'user'): SystemStep => ({ kind: 'return', to, status: false });
const run = (user: boolean): SystemStep => ({ kind: 'run', from: 0, to: 1, user });
const map = (page: number, physical: number): SystemStep => ({ kind: 'map', page, physical });
const task = (number: number): SystemStep => ({ kind: 'task', task: number });
const privileged = (...operations: readonly Privileged[]): SystemStep[] =>
  operations.map(operation => ({ kind: 'privileged', operation, page: -1 }));
/** As Linux updates the TLB for a page that it has mapped. */
const UPDATE = ['mtc0', 'tlbp', 'mfc0', 'mtc0', 'mtc0', 'tlbwr'] as const;

/** A step in a word or two. */
function word(step: SystemStep): string {
  switch (step.kind) {
    case 'privileged':
      return step.page < 0 ? step.operation : `${step.operation} ${step.page}`;
    case 'run':
      return step.user ? 'user' : 'kernel';
    case 'map':
      return `map ${step.page} to ${step.physical}`;
    case 'enter':
    case 'return':
      return step.status ? `${step.kind} with Status` : step.kind;
    default:
      return step.kind;
  }
}

const roles = (...steps: readonly SystemStep[]): string[] => assignRoles(steps).map(word);

describe('the roles of privileged instructions', () => {
  it('names the operands of a sequence that writes a TLB entry, whose page is the one announced next', () => {
    expect(roles(run(true), enter('fault'), ...privileged(...UPDATE), leave(), map(5, 9), run(true))).toEqual([
      'user',
      'enter',
      'map 5 to 9',
      'mtc0 EntryHi 5',
      'tlbp 5',
      'mfc0 Index 5',
      'mtc0 EntryLo0 5',
      'mtc0 EntryLo1 5',
      'tlbwr 5',
      'return',
      'user',
    ]);
  });

  it('takes the first and the last mtc0 of a visit that are nothing else for the writes of Status', () => {
    expect(roles(run(true), enter('fault'), ...privileged('mtc0', 'mfc0', 'mtc0', 'mtc0'), leave(), run(true))).toEqual(
      ['user', 'enter with Status', 'mfc0', 'mtc0', 'return with Status', 'user'],
    );
  });

  it('takes an mtc0 for one of them only', () => {
    expect(roles(run(true), enter('fault'), ...privileged('mtc0'), leave(), run(true))).toEqual([
      'user',
      'enter with Status',
      'return',
      'user',
    ]);
  });

  it('moves a mapping that is announced in user mode to the end of the visit before', () => {
    expect(roles(run(true), enter('system call'), run(false), leave(), run(true), map(5, 9), run(true))).toEqual([
      'user',
      'enter',
      'kernel',
      'map 5 to 9',
      'return',
      'user',
      'user',
    ]);
  });

  it('lets a mapping that replaces another wait for the end of a system call, which may still use the old one', () => {
    const visit = [enter('system call'), ...privileged('tlbp', 'tlbwi'), run(false), leave()];
    expect(roles(map(5, 9), run(true), ...visit, map(5, 8), run(true))).toEqual([
      'map 5 to 9',
      'user',
      'enter',
      'tlbp',
      'tlbwi',
      'kernel',
      'map 5 to 8',
      'return',
      'user',
    ]);
  });

  it('does not move a mapping to before another task runs', () => {
    const visit = [enter('fault'), ...privileged('tlbp', 'tlbwi'), task(2), run(false), leave()];
    expect(roles(run(true), ...visit, map(5, 8), run(true))).toEqual([
      'user',
      'enter',
      'tlbp',
      'tlbwi',
      'task',
      'kernel',
      'map 5 to 8',
      'return',
      'user',
    ]);
  });

  it('has what is mapped before the first visit of the kernel mapped before the first reference', () => {
    expect(roles(task(1), run(true), map(5, 8), run(true))).toEqual(['task', 'map 5 to 8', 'user', 'user']);
  });
});
