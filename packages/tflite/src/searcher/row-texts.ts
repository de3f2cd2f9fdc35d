import type { Gallery } from '@nearkin/core';
import { metadataOf, type SearcherIndex } from './searcher-index.js';

/**
 * What an index file says of a row: a device shows its metadata as it is. `json` is `{"id":…,"label":…,"metadata":…}`,
 * which {@link readRowTexts} takes apart again. `auto`: the id where rows have nothing else, metadata that is text
 * where they have no labels, else `json`.
 */
export type RowText = 'auto' | 'id' | 'label' | 'metadata' | 'json';

/** Metadata that is not UTF-8 text, in a gallery. */
interface BinaryMetadata {
  readonly base64: string;
}

/** What an index file shall say of the rows of a gallery: the metadata that `createSearcherIndex` takes. */
export function writeRowTexts(
  { ids, labels, metadata }: Pick<Gallery, 'ids' | 'labels' | 'metadata'>,
  rowText: RowText = 'auto',
): (string | Uint8Array)[] {
  const texts = metadata?.map(asText);
  const form = rowText === 'auto' ? autoForm(labels, texts) : rowText;
  if (form === 'id') return [...ids];
  if (form === 'label') return [...labels];
  if (form === 'metadata')
    return ids.map((_, row) => texts?.[row] ?? (metadata?.[row] == null ? '' : JSON.stringify(metadata[row])));
  return ids.map((id, row) =>
    JSON.stringify({
      id,
      ...(labels[row] === '' ? {} : { label: labels[row] }),
      ...(metadata?.[row] == null ? {} : { metadata: metadata[row] }),
    }),
  );
}

function autoForm(
  labels: readonly string[],
  texts: readonly (string | Uint8Array | undefined)[] | undefined,
): Exclude<RowText, 'auto' | 'label'> {
  if (labels.some((label) => label !== '')) return 'json';
  if (!texts) return 'id';
  return texts.every((text) => text !== undefined) ? 'metadata' : 'json';
}

function asText(value: unknown): string | Uint8Array | undefined {
  if (typeof value === 'string') return value;
  if (!isBinary(value)) return undefined;
  try {
    return Uint8Array.from(atob(value.base64), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function isBinary(value: unknown): value is BinaryMetadata {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
  return typeof (value as { base64?: unknown }).base64 === 'string';
}

/** Ids, labels and metadata of the rows of an index. */
export interface RowTexts {
  readonly ids: readonly string[];
  readonly labels: readonly string[] | undefined;
  readonly metadata: readonly unknown[] | undefined;
}

/**
 * What metadata says of the rows: the records that {@link writeRowTexts} wrote, if all of them are such; else the texts
 * themselves are ids where they are all different, and otherwise metadata of rows called `row 0`, `row 1`, …
 */
export function readRowTexts(index: SearcherIndex): RowTexts {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const texts = Array.from({ length: index.count }, (_, row) => {
    const bytes = metadataOf(index, row);
    try {
      return decoder.decode(bytes);
    } catch {
      return { base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
    }
  });
  const records = readRecords(texts);
  if (records) return records;
  const ids = texts.filter((text): text is string => typeof text === 'string' && text !== '');
  if (ids.length === index.count && new Set(ids).size === ids.length)
    return { ids, labels: undefined, metadata: undefined };
  return { ids: texts.map((_, row) => `row ${row}`), labels: undefined, metadata: texts };
}

function readRecords(texts: readonly (string | BinaryMetadata)[]): RowTexts | undefined {
  const ids = new Set<string>();
  const records: { id: string; label?: string; metadata?: unknown }[] = [];
  for (const text of texts) {
    const record = typeof text === 'string' ? readRecord(text) : undefined;
    if (!record || ids.has(record.id)) return undefined;
    ids.add(record.id);
    records.push(record);
  }
  const hasMetadata = records.some(({ metadata }) => metadata !== undefined);
  return {
    ids: [...ids],
    labels: records.map(({ label }) => label ?? ''),
    metadata: hasMetadata ? records.map(({ metadata }) => metadata ?? null) : undefined,
  };
}

function readRecord(text: string): { id: string; label?: string; metadata?: unknown } | undefined {
  if (!text.startsWith('{"id":')) return undefined;
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof record !== 'object' || record === null) return undefined;
  const { id, label, ...rest } = record as Record<string, unknown>;
  if (typeof id !== 'string' || (label !== undefined && typeof label !== 'string')) return undefined;
  if (Object.keys(rest).some((key) => key !== 'metadata')) return undefined;
  return record as { id: string; label?: string; metadata?: unknown };
}
