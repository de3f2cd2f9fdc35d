import {
  crc32c,
  createVectors,
  NearkinError,
  readSafetensors,
  type SafetensorsEntry,
  vectorAt,
  writeSafetensors,
} from '@nearkin/core';
import { fileHost } from '#file-host';
import type { EmbeddedRow, Journal } from './journal.js';

const format = 'nearkin-batch';
const batchName = /^batch-(\d{8})\.safetensors$/;

/**
 * Opens the journal of a build: a folder with a file for each batch that was embedded. Batches of another encoder are
 * thrown away; damaged ones are as if they had not been.
 *
 * @throws {NearkinError} `UNSUPPORTED` in a browser, `IO_ERROR`
 */
export async function openJournal(path: string, modelId: string): Promise<Journal> {
  const folder = fileHost.openBatchFolder(path);
  const names = (await folder.list()).filter((name) => batchName.test(name)).sort();
  const rows = new Map<string, EmbeddedRow>();
  const stale: string[] = [];
  for (const name of names) {
    const batch = readBatch(await folder.read(name), modelId);
    if (!batch) stale.push(name);
    else for (const row of batch) rows.set(row.id, row);
  }
  await folder.removeFiles(stale);
  let next = names.reduce((last, name) => Math.max(last, Number(batchName.exec(name)![1])), 0) + 1;
  const kept = new Set(names.filter((name) => !stale.includes(name)));
  return {
    rows,
    async keep(batch) {
      if (batch.length === 0) return;
      const name = `batch-${String(next++).padStart(8, '0')}.safetensors`;
      await folder.write(name, writeBatch(batch, modelId));
      kept.add(name);
    },
    async remove() {
      await folder.removeFiles([...kept]);
      await folder.remove();
    },
  };
}

function writeBatch(rows: readonly EmbeddedRow[], modelId: string): Uint8Array {
  const dim = rows[0]!.vector.length;
  const vectors = new Float32Array(rows.length * dim);
  rows.forEach((row, i) => {
    vectors.set(row.vector, i * dim);
  });
  const told = rows.map(({ id, label, metadata, stamp, thumbnail }) => ({
    id,
    label,
    metadata,
    stamp,
    thumbnail: thumbnail?.length,
  }));
  const json = new TextEncoder().encode(JSON.stringify(told));
  const pictures = new Uint8Array(rows.reduce((sum, { thumbnail }) => sum + (thumbnail?.length ?? 0), 0));
  let at = 0;
  for (const { thumbnail } of rows) {
    if (thumbnail) pictures.set(thumbnail, at);
    at += thumbnail?.length ?? 0;
  }
  const tensors = new Map<string, SafetensorsEntry>([
    ['vectors', { dtype: 'F32', shape: [rows.length, dim], bytes: new Uint8Array(vectors.buffer) }],
    ['rows', { dtype: 'U8', shape: [json.length], bytes: json }],
    ['thumbnails', { dtype: 'U8', shape: [pictures.length], bytes: pictures }],
  ]);
  const metadata = new Map([
    ['format', format],
    ['version', '1'],
    ['modelId', modelId],
  ]);
  for (const [name, { bytes }] of tensors) metadata.set(`crc32c.${name}`, String(crc32c(bytes)));
  return writeSafetensors({ tensors, metadata });
}

/** @returns undefined for a batch of another encoder, and for one that is damaged */
function readBatch(bytes: Uint8Array, modelId: string): EmbeddedRow[] | undefined {
  try {
    const { tensors, metadata } = readSafetensors(bytes);
    if (metadata.get('format') !== format || metadata.get('version') !== '1') return undefined;
    if (metadata.get('modelId') !== modelId) return undefined;
    const part = (name: string) => {
      const { bytes: raw, shape } = tensors.get(name)!;
      if (String(crc32c(raw)) !== metadata.get(`crc32c.${name}`)) throw new NearkinError('BAD_FORMAT', 'damaged');
      return { raw: new Uint8Array(raw), shape };
    };
    const { raw, shape } = part('vectors');
    const vectors = createVectors(new Float32Array(raw.buffer), shape[1]!);
    const pictures = part('thumbnails').raw;
    const told = JSON.parse(new TextDecoder().decode(part('rows').raw)) as (Omit<
      EmbeddedRow,
      'vector' | 'thumbnail'
    > & {
      thumbnail?: number;
    })[];
    let at = 0;
    return told.map(({ thumbnail, ...row }, i) => {
      const start = at;
      at += thumbnail ?? 0;
      return {
        ...row,
        vector: vectorAt(vectors, i),
        ...(thumbnail === undefined ? {} : { thumbnail: pictures.subarray(start, at) }),
      };
    });
  } catch {
    return undefined;
  }
}
