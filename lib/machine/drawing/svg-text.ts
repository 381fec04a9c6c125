/** Text in SVG. */

/** Text as XML, without what XML 1.0 cannot hold. */
export function escapeXml(text: string): string {
  const allowed = Array.from(text, c => (isXml(c.codePointAt(0)!) ? c : ' ')).join('');
  return allowed.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}

/** A line of text whose baseline begins at a point; `style` are further attributes. */
export function svgText(x: number, y: number, text: string, style: string): string {
  return `<text x="${coordinate(x)}" y="${coordinate(y)}" ${style}>${escapeXml(text)}</text>`;
}

/** A length with at most one decimal. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function isXml(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || code > 0xffff;
}
