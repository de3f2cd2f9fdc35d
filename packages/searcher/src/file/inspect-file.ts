import { NearkinError } from '@nearkin/core';
import { fileHost } from '#file-host';
import type { IndexHeader } from '../state/snapshot.js';
import type { StoredLog } from './file-host.js';
import { baseOf } from './load-with-log.js';
import { contentNames, spanOf } from './open-container.js';
import { type IndexSource, isAddress, openSource } from './open-source.js';
import { openStoredIndex, type StoredIndex } from './snapshot-file.js';

/** One section of a file, and whether its bytes are those that were written. */
export interface SectionReport {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** undefined when it was not asked for. */
  readonly intact?: boolean | undefined;
}

/** What a `.nearkin` file holds. */
export interface FileReport {
  readonly version: number;
  readonly fileBytes: number;
  /** How often it was compacted in place. */
  readonly generation: number;
  /** Kind, metric, rows, dimension, embedder, seed, search defaults. */
  readonly index: IndexHeader;
  readonly sections: readonly SectionReport[];
  /** Changes that wait in the log beside the file, if there is one. `intact` is false when one of them is damaged. */
  readonly log?: { readonly changes: number; readonly bytes: number; readonly intact: boolean } | undefined;
  /** Whether everything that was checked is intact. */
  readonly intact: boolean;
}

/** Multiple of a chunk, so that no chunk is read twice. */
const step = 1_048_576;

/**
 * Says what is in an index file, section by section, and checks every byte against its checksum, without keeping more
 * than a megabyte of it in memory.
 *
 * @param options.check false: trust the header and read no sections
 * @throws {NearkinError} `BAD_FORMAT` when the header itself is damaged, `UNSUPPORTED_VERSION`, `NOT_FOUND`,
 * `IO_ERROR`, `ABORTED`
 * @example
 * const report = await inspectFile('photos.nearkin');
 * console.log(report.index.kind, report.index.count, report.intact); // partitioned 5000 true
 */
export async function inspectFile(
  source: IndexSource,
  { check = true, signal }: { check?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<FileReport> {
  const { base, log } = isAddress(source)
    ? await fileHost.openWithLog(String(source))
    : { base: await openSource(source, { signal }), log: undefined };
  try {
    const stored = await openStoredIndex(base, { cacheBytes: 0, signal });
    const sections: SectionReport[] = [];
    for (const name of contentNames(stored.container)) {
      const { dtype, shape, start, end } = spanOf(stored.container, name);
      const intact = check ? await isIntact(stored, { name, bytes: end - start, signal }) : undefined;
      sections.push({ name, dtype, shape, bytes: end - start, intact });
    }
    const logReport = log && (await inspectLog(log, stored));
    return {
      version: Number(stored.container.metadata.get('version')),
      fileBytes: base.size,
      generation: stored.generation,
      index: stored.header,
      sections,
      ...(logReport && { log: logReport }),
      intact: sections.every(({ intact }) => intact !== false) && logReport?.intact !== false,
    };
  } finally {
    await Promise.all([base.close(), log?.close()]);
  }
}

async function isIntact(
  { sections }: StoredIndex,
  { name, bytes, signal }: { name: string; bytes: number; signal: AbortSignal | undefined },
): Promise<boolean> {
  try {
    for (let offset = 0; offset < bytes; offset += step)
      await sections.read(name, { offset, length: Math.min(step, bytes - offset), signal });
    return true;
  } catch (error) {
    if (error instanceof NearkinError && error.code === 'BAD_FORMAT') return false;
    throw error;
  }
}

async function inspectLog(log: StoredLog, stored: StoredIndex) {
  let changes = 0;
  let intact = true;
  try {
    for await (const _ of log.changes(baseOf(stored))) changes++;
  } catch (error) {
    if (!(error instanceof NearkinError) || error.code !== 'BAD_FORMAT') throw error;
    intact = false;
  }
  return { changes, bytes: log.size, intact };
}
