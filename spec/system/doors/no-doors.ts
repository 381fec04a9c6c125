/** Exported functions and classes whose numbers are not checked where they come in, by reason. */
export const NO_DOORS: Readonly<Record<string, readonly string[]>> = {};
