/** What files hold when a disk is made: text, words, or words that a seed gives, which need no memory. */

/** Text in bytes (characters up to 255), a seed from 0 up, or words. Behind text and words there are zeros. */
export type FileContent = string | number | Int32Array;

/** Word `index` of the content of a seed: any 32 bits, a pure function of the two. */
export function seededWord(seed: number, index: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) | 0;
}

/** Bytes of a content of its own accord; 0 for a seed. */
export function bytesOf(content: FileContent): number {
  if (typeof content === 'string') return content.length;
  return typeof content === 'number' ? 0 : content.length * 4;
}

/** Word `index` of a file of `bytes` bytes; the bytes behind its end are zeros. */
export function contentWord(content: FileContent, bytes: number, index: number): number {
  const left = bytes - index * 4;
  if (left <= 0) return 0;
  const word = wordAt(content, index);
  return left >= 4 ? word : word & (-1 << (32 - left * 8));
}

function wordAt(content: FileContent, index: number): number {
  if (typeof content === 'number') return seededWord(content, index);
  if (typeof content !== 'string') return index < content.length ? content[index] : 0;
  let word = 0;
  for (let k = 0; k < 4; k++) {
    const at = index * 4 + k;
    if (at < content.length) word |= (content.charCodeAt(at) & 255) << (24 - k * 8);
  }
  return word;
}
