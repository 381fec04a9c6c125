/** The commands by name. Each is loaded when it is called: a command does not wait for what only others need. */

/** Runs a command, given the words after its name. */
export type Command = (words: readonly string[]) => Promise<void>;

/** How each command is loaded, in the order in which they are named to the user. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  paper: async () => (await import('./paper.js')).paperCommand,
  trace: async () => (await import('./trace.js')).traceCommand,
  record: async () => (await import('./record.js')).recordCommand,
  main: async () => (await import('./main-job.js')).mainJob,
  native: async () => (await import('./native.js')).nativeCommand,
  vm: async () => (await import('./vm.js')).vmCommand,
  explain: async () => (await import('./explain.js')).explainCommand,
  whatif: async () => (await import('./whatif.js')).whatIfCommand,
  policies: async () => (await import('./policies.js')).policiesCommand,
  sweep: async () => (await import('./sweep.js')).sweepCommand,
  fidelity: async () => (await import('./paper.js')).fidelityCommand,
  latency: async () => (await import('./latency.js')).latencyCommand,
  explore: async () => (await import('./explore.js')).exploreCommand,
  'random-test': async () => (await import('./random-test.js')).randomCommand,
  litmus: async () => (await import('./litmus.js')).litmusCommand,
  network: async () => (await import('./network.js')).networkCommand,
};
