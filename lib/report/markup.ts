/** Text to HTML and SVG: one tagged template that escapes whatever is put into it. */

/** Markup that is safe to put into a page as it is. Made by {@link html} and {@link trusted} only. */
export class Html {
  /** The markup. */
  readonly text: string;

  /** Takes markup as it is; call {@link html} instead. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What the template takes: markup goes in as it is, text and numbers escaped, `null` and `false` not at all. */
export type Content = Html | string | number | null | false | readonly Content[];

/**
 * Builds markup. Values are escaped for text and for quoted attributes; an unquoted attribute is the caller's mistake.
 * The charts import it as `markup`, because prettier lays out `html` templates, and SVG would not be the better for it.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = strings[0];
  for (let i = 0; i < values.length; i++) text += markupOf(values[i]) + strings[i + 1];
  return new Html(text);
}

/** Takes markup over unescaped. For constants of this library. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** Escapes text; characters that no page may hold, or that would reorder their neighbours, become U+FFFD. */
export function escaped(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd').replace(/[&<>"']/g, character => ENTITIES[character]);
}

/**
 * Takes over a drawing of ours as part of a page: without prolog and namespace, which a page does not need. Throws if
 * it is no SVG or could load or run something.
 */
export function drawing(svg: string): Html {
  const text = svg.replace(/^\s*<\?xml[^>]*\?>\s*/, '').replace(/\sxmlns(:\w+)?="[^"]*"/g, '');
  if (!/^\s*<svg[\s>][^]*<\/svg>\s*$/.test(text)) throw new Error('a drawing must be one <svg> element');
  const active = ACTIVE.exec(text);
  if (active) throw new Error(`a drawing for a report may neither load nor run anything; this one has '${active[0]}'`);
  return new Html(text);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const UNPRINTABLE = /(?![\t\n\r])\p{Cc}|\p{Cs}|\p{Bidi_Control}/gu;

const ACTIVE =
  /<script|<style|<foreignObject|<image|<iframe|<!|\son\w+\s*=|\shref\s*=\s*["']?(?!["']?#)|:href|\ssrc\s*=|@import|url\(\s*["']?(?!#)/i;

function markupOf(value: Content): string {
  if (value === null || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return escaped(value);
  if (typeof value !== 'number') return value.map(markupOf).join('');
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be printed`);
  return String(value);
}
