/** A table of text; the first column names its rows, the others hold numbers and stand to the right. */
export interface TextTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What every text format prints. */
export interface TextDocument {
  readonly tables: readonly TextTable[];
  /** Sentences after the tables. */
  readonly notes: readonly string[];
}

/** A share in percent with one decimal, a dash for none. */
export function share(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : `${(value * 100).toFixed(1)} %`;
}

/** An interval of shares in percent, a dash for none. */
export function shareRange(low: number | null | undefined, high: number | null | undefined): string {
  if (low === null || low === undefined || high === null || high === undefined) return '-';
  return `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`;
}
