/** Version of the library, part of every result. A spec holds it to package.json. */
export const VERSION = '0.5.0';
