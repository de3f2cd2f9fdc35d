import { type Html, html } from '../html.js';

/** One part of the report. */
export interface Section {
  /** Anchor, unique in the page. */
  readonly id: string;
  readonly title: string;
  /** A sentence or two on how to read it. */
  readonly lead: Html | string;
  readonly body: Html;
}

/** The numbers of a drawing, folded below it. */
export function tableTwin(columns: readonly string[], rows: readonly (readonly (string | number | Html)[])[]): Html {
  return html`<details class="twin"><summary>The numbers</summary>${dataTable(columns, rows)}</details>`;
}

/** A table whose first column names its rows; the others are numbers. */
export function dataTable(columns: readonly string[], rows: readonly (readonly (string | number | Html)[])[]): Html {
  return html`<div class="scroll" role="group" aria-label="Table: ${columns.join(', ')}"><table>
<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

/** A list of which the head is shown and the tail folded. */
export function foldAfter<T>(
  list: readonly T[],
  count: number,
  options: { show: (part: readonly T[]) => Html; noun: string },
): Html {
  if (list.length <= count) return options.show(list);
  const rest = list.slice(count);
  return html`${options.show(list.slice(0, count))}<details class="more"><summary>Show ${rest.length.toLocaleString('en-US')} more ${options.noun}</summary>${options.show(rest)}</details>`;
}

/** A name out of the data set, whatever its writing direction. */
export function name(text: string): Html {
  return html`<bdi>${text === '' ? '(no label)' : text}</bdi>`;
}
