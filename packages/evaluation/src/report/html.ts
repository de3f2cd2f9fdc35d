const marked: unique symbol = Symbol('html');

/** Markup that is safe to put into a page: only {@link html} makes it, so no name out of a data set can pass for it. */
export interface Html {
  readonly [marked]: string;
}

/** What may stand between the literal parts of {@link html}. Nothing, false and null print nothing. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

/**
 * Tagged template for markup (HTML and SVG). Everything inserted is escaped unless it is itself such markup; lists are
 * joined. Attribute values must stand in double quotes.
 *
 * @example
 * toText(html`<b title="${'"'}">${'<img>'}</b>`) // <b title="&quot;">&lt;img&gt;</b>
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.reduce((sum, part, i) => sum + valueText(values[i - 1]) + part);
  return { [marked]: text };
}

/** The markup as text. */
export function toText(markup: Html): string {
  return markup[marked];
}

/** Marks text as markup as it is. For constants of this package alone: its style sheet and its script. */
export function trusted(text: string): Html {
  return { [marked]: text };
}

function valueText(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if (marked in value) return value[marked];
  return value.map(valueText).join('');
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities.get(character)!);
}
