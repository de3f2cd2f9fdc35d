import { NearkinError } from '@nearkin/core';
import { signal } from '@preact/signals';
import type { ExportKind } from '../engines/export-classifier.js';
import type { Entry, SavedModel } from '../engines/gallery-store.js';
import { unzipFiles, zipFiles } from '../engines/zip.js';
import { unknownBelow } from './ask.js';
import { engine, searcher, teacher } from './engine.js';
import { albums, edit, entries, learnVectors, rowsOf, settle, store, switchBaseModel, written } from './gallery.js';
import { complain, tell } from './notices.js';

export interface Card {
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly version: string;
  readonly license: string;
}

export const models = signal<readonly SavedModel[]>([]);

export async function listModels(): Promise<void> {
  models.value = await store.models();
}

const decks = 'pictures.json';

/** The albums as one zip: a classifier that the library and the command line open, and the pictures beside it. */
async function packModel(card: Card): Promise<Blob> {
  await settle();
  const rows = rowsOf({ labelled: true });
  if (!rows || albums.value.size < 2) throw new NearkinError('TOO_FEW_CLASSES', 'A model needs at least two albums.');
  const files = await teacher.call('exportFiles', { rows, kind: 'save', card, unknownBelow: unknownBelow.value });
  const kept = entries.value.filter(({ label }) => label !== '');
  const list: { id: string; label: string; name: string; file?: string; type?: string }[] = [];
  for (const [i, { id, label, name, picture }] of kept.entries()) {
    const file = `pictures/${i}`;
    if (picture) files.set(file, new Uint8Array(await picture.arrayBuffer()));
    list.push({ id, label, name, ...(picture ? { file, type: picture.type } : {}) });
  }
  files.set(decks, new TextEncoder().encode(JSON.stringify(list)));
  return new Blob([await zipFiles(files)], { type: 'application/zip' });
}

/** A name that is taken gets a number, so that nothing is overwritten. */
function freeName(name: string): string {
  const taken = new Set(models.value.map((model) => model.name));
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) if (!taken.has(`${name} ${n}`)) return `${name} ${n}`;
}

export async function saveModel(card: Card): Promise<void> {
  const zip = await packModel(card);
  const model: SavedModel = {
    ...card,
    name: freeName(card.name),
    id: crypto.randomUUID(),
    labels: [...albums.value.keys()],
    pictures: [...albums.value.values()].flat().length,
    savedAt: Date.now(),
    zip,
  };
  await store.writeModel(model);
  await listModels();
  tell(`${model.name} is saved on this device.`);
}

export async function removeModel(model: SavedModel): Promise<void> {
  await store.removeModel(model.id);
  await listModels();
  tell(`${model.name} is deleted.`, {
    action: {
      label: 'Undo',
      run: () => {
        store.writeModel(model).then(listModels).catch(complain);
      },
    },
  });
}

/** Puts a model's albums in place of those that are there now; undo brings those back. */
export async function openModel(bytes: Uint8Array, name: string): Promise<void> {
  const files = await unzipFiles(bytes);
  const listed = files.get(decks);
  const shown = listed ? (JSON.parse(new TextDecoder().decode(listed)) as unknown) : [];
  const read = await teacher.call('readFiles', { files });
  if (read.modelId !== engine.value?.id && !listed) {
    await switchBaseModel({ kind: 'files', name, files });
  }
  const pictures = new Map(
    (Array.isArray(shown) ? shown : []).map((item: { id: string; name: string; file?: string; type?: string }) => [
      String(item.id),
      item,
    ]),
  );
  const { ids, labels, data, dim } = read.rows;
  const at = (entries.value.at(-1)?.at ?? 0) + 1;
  const found: Entry[] = ids.map((id, i) => {
    const item = pictures.get(id);
    const picture = item?.file ? files.get(item.file) : undefined;
    return {
      id,
      label: labels[i]!,
      name: item?.name ?? id,
      at: at + i,
      ...(picture
        ? { picture: new Blob([picture as Uint8Array<ArrayBuffer>], { type: String(item?.type ?? '') }) }
        : {}),
    };
  });
  if (read.unknownBelow !== undefined) unknownBelow.value = read.unknownBelow;
  const others = entries.value.filter(({ label, id }) => label === '' && !ids.includes(id));
  edit(`open ${name}`, [...others, ...found]);
  if (read.modelId === engine.value?.id)
    learnVectors(
      found
        // Those with a picture are looked at again, which makes their thumbnails.
        .filter(({ picture }) => !picture)
        .map(({ id }) => [id, data.slice(ids.indexOf(id) * dim, (ids.indexOf(id) + 1) * dim)] as const),
    );
  await settle();
  await written();
  tell(`${name} is open: ${new Set(labels).size} albums. Undo brings the albums before it back.`);
}

export type DownloadKind = ExportKind | 'index';

/** Hands a file to the browser's downloads. */
export async function download(kind: DownloadKind, card: Card): Promise<void> {
  const name = card.name.replace(/[^\p{L}\p{N} ._-]+/gu, '').trim() || 'model';
  const rows = rowsOf({ labelled: true });
  if (!rows || !engine.value) throw new NearkinError('EMPTY_GALLERY', 'There are no albums to export yet.');
  if (kind === 'save') return offer(await packModel(card), `${name}.zip`);
  if (kind === 'index') {
    const bytes = await searcher().call('indexFile', { rows, modelId: engine.value.id });
    return offer(new Blob([bytes]), `${name}.nearkin`);
  }
  const files = await teacher.call('exportFiles', { rows, kind, card, unknownBelow: unknownBelow.value });
  if (kind === 'tflite')
    return offer(new Blob([files.get('model.tflite') as Uint8Array<ArrayBuffer>]), `${name}.tflite`);
  offer(new Blob([await zipFiles(files)], { type: 'application/zip' }), `${name}-graph.zip`);
}

export function offer(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
