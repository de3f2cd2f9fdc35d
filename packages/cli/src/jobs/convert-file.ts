import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { NearkinError, readGallery, throwIfAborted, writeGallery } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import { openIndex, saveIndex } from '@nearkin/searcher';
import { buildShape } from '../build-shape.js';
import type { IndexShape } from '../commands/index.js';
import { galleryOfIndex, type RowForm } from '../gallery-of-index.js';
import { byteSize, counted } from '../number-text.js';
import { printable } from '../printable.js';
import type { Terminal } from '../terminal.js';

type ConvertJob = IndexShape & { readonly from: string; readonly to: string };

/** How far rows that come out of an index are from those that went in. */
const rounding: Record<RowForm, string> = {
  float32: 'as they were',
  bf16: 'rounded to 8 significant bits',
  int8: 'rounded to 8 bits, with a scale for each row',
};

/** `nearkin convert`: a gallery to an index, or back. */
export async function convertFile(job: ConvertJob, terminal: Terminal): Promise<void> {
  const { from, to } = job;
  const [source, target] = [formatOf(from), formatOf(to)];
  if (source === target)
    throw new NearkinError('INVALID_ARGUMENT', `Expected two formats, got ${from} and ${to}: copy the file instead.`, {
      details: { from, to },
    });
  const { rows, note } = source === 'gallery' ? await toIndex(job, terminal) : await toGallery(job, terminal);
  const bytes = (await stat(to)).size;
  terminal.result({ from, to, format: target, rows, bytes, vectors: note }, [
    `${terminal.colors.green('✔')} ${printable(to)} (${byteSize(bytes)}): ${counted(rows, 'row')}, ${note}`,
  ]);
}

async function toIndex(job: ConvertJob, terminal: Terminal) {
  const gallery = readGallery(await readFile(job.from, { signal: terminal.signal }));
  using index = await buildShape(gallery, job, terminal);
  throwIfAborted(terminal.signal);
  await saveIndex(index, job.to);
  return { rows: index.count, note: `kind ${index.stats().kind}` };
}

async function toGallery({ from, to }: ConvertJob, { signal }: Terminal) {
  using index = await openIndex(from, { signal });
  const { gallery, form } = galleryOfIndex(index);
  throwIfAborted(signal);
  await replaceFile(resolve(to), writeGallery(gallery));
  const length = index.stats().metric === 'cosine' ? ', scaled to length 1' : '';
  return { rows: gallery.ids.length, note: `vectors ${rounding[form]}${length}` };
}

function formatOf(path: string): 'gallery' | 'index' {
  if (path.endsWith('.safetensors')) return 'gallery';
  if (path.endsWith('.nearkin')) return 'index';
  throw new NearkinError(
    'INVALID_ARGUMENT',
    `Expected a gallery (.safetensors) and an index (.nearkin), got ${path}; the ending says which it is.`,
    { details: { path } },
  );
}
