import { expect, it } from '@jest/globals';
import { Fingerprint } from '../../../lib/engine/observation/fingerprint.js';

// A fingerprint is compared with those of earlier versions: its arithmetic may not change unnoticed.
it('a fingerprint is that of version 0.5.0 for the same events', () => {
  const fingerprint = new Fingerprint();
  const events = [
    [0, 0, 0, 'e7e63aba58daa0fe'],
    [1, 2, 3, '7065274539386710'],
    [5e9, 7, -1, '89cb7b6ad4352bd7'],
    [2 ** 52, 65535, 123456789, 'cfa1d505ee980795'],
  ] as const;
  for (const [time, receiver, content, digest] of events) {
    fingerprint.event(time, receiver, content);
    expect(fingerprint.toString()).toBe(digest);
  }
});

it('events in another order, at another time or place or with other content, give another fingerprint', () => {
  const digest = (...events: readonly (readonly [number, number, number])[]): string => {
    const fingerprint = new Fingerprint();
    for (const event of events) fingerprint.event(...event);
    return fingerprint.toString();
  };
  const all = [
    digest([1, 1, 1], [2, 2, 2]),
    digest([2, 2, 2], [1, 1, 1]),
    digest([1, 1, 1], [2, 2, 3]),
    digest([1, 1, 1], [2, 3, 2]),
    digest([1, 1, 1], [3, 2, 2]),
    digest([1, 1, 1], [2 + 2 ** 32, 2, 2]),
  ];
  expect(new Set(all).size).toBe(all.length);
});
