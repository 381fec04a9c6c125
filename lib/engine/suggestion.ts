/** Which known name somebody may have meant. */

/** `; did you mean clockMHz?`, or nothing if no known name is near. Capitals count half. */
export function suggestion(name: string, known: readonly string[]): string {
  const same = known.find(candidate => candidate.toLowerCase() === name.toLowerCase() && candidate !== name);
  if (same !== undefined) return `; did you mean ${same}?`;
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let least = limit + 0.5;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name, candidate);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best === undefined ? '' : `; did you mean ${best}?`;
}

/** Insertions, deletions and replacements that turn one string into the other; another case of a letter costs a half. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + replacement(a[i - 1], b[j - 1])));
    row = next;
  }
  return row[b.length];
}

function replacement(a: string, b: string): number {
  if (a === b) return 0;
  return a.toLowerCase() === b.toLowerCase() ? 0.5 : 1;
}
