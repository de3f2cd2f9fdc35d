import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Gallery, NearkinError, readGallery, throwIfAborted, writeGallery } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import { openIndex, type SearchIndex, saveIndex } from '@nearkin/searcher';
import type { SearcherIndex } from '@nearkin/tflite';
import type { ConvertOptions } from '../options/convert-options.js';
import { buildShape } from '../search/build-shape.js';
import { readDeviceFile, writeDeviceFile } from '../search/device-files.js';
import { deviceShape } from '../search/device-shape.js';
import { galleryOfIndex } from '../search/gallery-of-index.js';
import { galleryOfDevice, indexOfSearcher, type NearkinForm } from '../search/index-of-searcher.js';
import { type DeviceForm, searcherOfIndex } from '../search/searcher-of-index.js';
import { byteSize, counted } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';

type ConvertJob = ConvertOptions & { readonly from: string; readonly to: string };
type Format = 'gallery' | 'index' | 'device' | 'model';
interface Written {
  readonly rows: number;
  readonly note: string;
}

/** How far rows that come out are from those that went in. */
const rounding: Record<DeviceForm | NearkinForm, string> = {
  float32: 'vectors as they were',
  bf16: 'vectors rounded to 8 significant bits',
  int8: 'vectors rounded to 8 bits, with a scale for each row',
  codes: 'product codes as they were',
  decoded: 'the vectors that product codes stand for',
};

/** `nearkin convert`: a gallery, an index, an index file for devices or a model that searches, one to another. */
export async function convertFile(job: ConvertJob, terminal: Terminal): Promise<void> {
  const { from, to } = job;
  const [source, target] = [formatOf(from), formatOf(to)];
  if (source === target)
    throw new NearkinError('INVALID_ARGUMENT', `Expected two formats, got ${from} and ${to}: copy the file instead.`, {
      details: { from, to },
    });
  const { rows, note } = await converters[target](job, source, terminal);
  const bytes = (await stat(to)).size;
  terminal.result({ from, to, format: target, rows, bytes, vectors: note }, [
    `${terminal.colors.green('✔')} ${printable(to)} (${byteSize(bytes)}): ${counted(rows, 'row')}, ${note}`,
  ]);
}

type Converter = (job: ConvertJob, source: Format, terminal: Terminal) => Promise<Written>;
const toDevice: Converter = async (job, source, terminal) => {
  const { searcher, note } = await deviceOf(job, source, terminal);
  throwIfAborted(terminal.signal);
  const compression = job.snappy ? 'snappy' : 'none';
  await writeDeviceFile(job.to, searcher, {
    base: job.base,
    normalization: job.normalize,
    compression,
    signal: terminal.signal,
  });
  return { rows: searcher.count, note };
};

const converters: Record<Format, Converter> = {
  async gallery({ from, to }, source, { signal }) {
    const { gallery, note } = source === 'index' ? await rowsOfIndex(from, signal) : await rowsOfDevice(from, signal);
    throwIfAborted(signal);
    await replaceFile(resolve(to), writeGallery(gallery));
    return { rows: gallery.ids.length, note };
  },

  async index(job, source, terminal) {
    const { signal } = terminal;
    const { built, note } =
      source === 'gallery' ? await indexOfRows(job, terminal) : await indexOfDevice(job.from, signal);
    using index = built;
    throwIfAborted(signal);
    await saveIndex(index, job.to);
    return { rows: index.count, note: note ?? `kind ${index.stats().kind}` };
  },
  device: toDevice,
  model: toDevice,
};

async function rowsOfIndex(path: string, signal: AbortSignal): Promise<{ gallery: Gallery; note: string }> {
  using index = await openIndex(path, { signal });
  const { gallery, form } = galleryOfIndex(index);
  return { gallery, note: rounding[form] + unitNote(index, ', scaled to length 1') };
}

async function rowsOfDevice(path: string, signal: AbortSignal): Promise<{ gallery: Gallery; note: string }> {
  const searcher = await readDeviceFile(path, signal);
  return {
    gallery: galleryOfDevice(searcher),
    note: rounding[searcher.rows instanceof Float32Array ? 'float32' : 'decoded'],
  };
}

async function indexOfRows(
  job: ConvertJob,
  terminal: Terminal,
): Promise<{ built: SearchIndex; note: string | undefined }> {
  const gallery = readGallery(await readFile(job.from, { signal: terminal.signal }));
  return { built: await buildShape(gallery, job, terminal), note: undefined };
}

async function indexOfDevice(path: string, signal: AbortSignal): Promise<{ built: SearchIndex; note: string }> {
  const { index, form } = await indexOfSearcher(await readDeviceFile(path, signal));
  return { built: index, note: `kind ${index.stats().kind}, ${rounding[form]}` };
}

/** What devices search, from whatever there is. */
async function deviceOf(
  job: ConvertJob,
  source: Format,
  terminal: Terminal,
): Promise<{ searcher: SearcherIndex; note: string }> {
  const { from, rowText } = job;
  const { signal } = terminal;
  if (source === 'device' || source === 'model')
    return { searcher: await readDeviceFile(from, signal), note: 'the index as it was' };
  const open = async () => {
    if (source === 'index') return openIndex(from, { signal });
    const gallery = readGallery(await readFile(from, { signal }));
    return buildShape(gallery, deviceShape(job, gallery.ids.length), terminal);
  };
  using index = await open();
  const { searcher, form } = searcherOfIndex(index, { rowText });
  return { searcher, note: rounding[form] + unitNote(index, ', for queries of length 1 (l2_normalize)') };
}

function unitNote(index: SearchIndex, note: string): string {
  return index.stats().metric === 'cosine' ? note : '';
}

function formatOf(path: string): Format {
  if (path.endsWith('.safetensors')) return 'gallery';
  if (path.endsWith('.nearkin')) return 'index';
  if (path.endsWith('.ldb')) return 'device';
  if (path.endsWith('.tflite')) return 'model';
  throw new NearkinError(
    'INVALID_ARGUMENT',
    `Expected a gallery (.safetensors), an index (.nearkin), an index file for devices (.ldb) or a searcher model (.tflite), got ${path}; the ending says which it is.`,
    { details: { path } },
  );
}
