import { NearkinError } from '@nearkin/core';
import { documentOf, type FormattableReport } from './document-of.js';
import { toLatex } from './latex.js';
import { toMarkdown } from './markdown.js';
import { toTerminal } from './terminal.js';

/** How a report is written: for a terminal, or as Markdown, LaTeX or JSON. */
export type ReportFormat = 'terminal' | 'markdown' | 'latex' | 'json';

export interface FormatReportOptions {
  /** Default `terminal`. `json` is the whole report, indented; the others show what a reader looks for. */
  readonly format?: ReportFormat | undefined;
  /** Classes and pairs to list at most; default 20. Those left out are counted. Not for `json`. */
  readonly rows?: number | undefined;
}

/**
 * Prints an evaluation as text: metrics with 95 % intervals, the weakest classes, the most confused pairs, a
 * comparison with its conclusion. Names are escaped for the format; in a terminal they cannot move the cursor.
 *
 * @param report what `evaluateClassifier`, `evaluateRetrieval`, `rankedMetrics`, `compareRuns`, `fewShotEpisodes` or
 *   `crossModalMetrics` returned
 * @returns text without a line break at the end
 * @throws {NearkinError} `INVALID_ARGUMENT` for an unknown format or anything that is no report
 * @example
 * console.log(formatReport(await evaluateRetrieval({ queries: gallery }), { format: 'markdown' }));
 * // ### Retrieval
 * //
 * // | metric | mean | 95 % interval | mean over classes |
 * // | --- | ---: | ---: | ---: |
 * // | hitRate@1 | 64.4 % | 56.7 to 71.4 % | 64.4 % |
 */
export function formatReport(report: FormattableReport, options: FormatReportOptions = {}): string {
  const { format = 'terminal', rows = 20 } = options;
  if (!Number.isSafeInteger(rows) || rows < 0)
    throw new NearkinError('INVALID_ARGUMENT', `Expected rows of at least 0, got ${rows}.`, { details: { rows } });
  const document = documentOf(report, rows);
  switch (format) {
    case 'terminal':
      return toTerminal(document);
    case 'markdown':
      return toMarkdown(document);
    case 'latex':
      return toLatex(document);
    case 'json':
      return JSON.stringify(report, null, 2);
    default:
      throw new NearkinError('INVALID_ARGUMENT', `Expected terminal, markdown, latex or json, got ${format}.`, {
        details: { format },
      });
  }
}
