/** What of a sweep is the user's to change: a file, a folder, an option. The message says which, and what to do. */
export class SweepError extends Error {
  override readonly name = 'SweepError';
}
