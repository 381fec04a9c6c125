/** A virtual machine that cannot be, or a monitor that cannot go on. The message names the place and the way out. */
export class DiscoError extends Error {
  override readonly name = 'DiscoError';
}
