/** Errors that are the user's to mend: printed without a stack trace, exit code 2. */

/** A command line that cannot be carried out. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
