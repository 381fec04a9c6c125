/** A program that cannot go on on this machine: it needs more memory, or does what no program may do. The message says which. */
export class GuestError extends Error {
  override readonly name = 'GuestError';
}
