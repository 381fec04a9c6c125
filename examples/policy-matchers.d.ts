import type { PolicyMatchers } from 'disco-sim/testing';

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends PolicyMatchers<R> {}
}
