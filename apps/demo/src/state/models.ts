import { NearkinError } from '@nearkin/core';
import { signal } from '@preact/signals';
import type { BaseModel } from '../engines/base-model.js';
import type { ExportKind } from '../engines/export-classifier.js';
import type { Entry, SavedModel } from '../engines/gallery-store.js';
import { picturesFile, type ReadModel } from '../engines/read-model.js';
import { zipFiles } from '../engines/zip.js';
import { baseModel, engine, openedEngine, teacher } from './engine.js';
import { albums, calibrated, edit, entries, learnVectors, rowsOf, settle, store, switchBaseModel } from './gallery.js';
import { complain, tell } from './notices.js';
import { written } from './saving.js';
import { setUnknownBelow, unknownBelow } from './unknown.js';

export interface Card {
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly version: string;
  readonly license: string;
}

const blank: Card = { name: 'My albums', description: '', author: '', version: '1.0', license: 'Apache-2.0' };

/** What the form says: of the albums that are open. */
export const card = signal<Card>(blank);
export const models = signal<readonly SavedModel[]>([]);

export async function listModels(): Promise<void> {
  models.value = await store.models();
}

/** The albums as one zip: a classifier that the library and the command line open, and the pictures beside it. */
async function packModel(about: Card): Promise<Blob> {
  await openedEngine();
  await settle();
  const rows = rowsOf({ labelled: true });
  if (!rows || albums.value.size < 2) throw new NearkinError('TOO_FEW_CLASSES', 'A model needs at least two albums.');
  const files = await teacher.call('exportFiles', {
    rows,
    kind: 'save',
    card: about,
    unknownBelow: unknownBelow.value,
  });
  const kept = entries.value.filter(({ label }) => label !== '');
  const list: { id: string; label: string; name: string; file?: string; type?: string }[] = [];
  for (const [i, { id, label, name, picture }] of kept.entries()) {
    const file = `pictures/${i}`;
    if (picture) files.set(file, new Uint8Array(await picture.arrayBuffer()));
    list.push({ id, label, name, ...(picture ? { file, type: picture.type } : {}) });
  }
  files.set(picturesFile, new TextEncoder().encode(JSON.stringify(list)));
  return new Blob([await zipFiles(files)], { type: 'application/zip' });
}

/** A name that is taken gets a number, so that nothing is overwritten. */
function freeName(name: string): string {
  const taken = new Set(models.value.map((model) => model.name));
  if (!taken.has(name)) return name;
  for (let n = 2; ; n++) if (!taken.has(`${name} ${n}`)) return `${name} ${n}`;
}

/** Keeps the albums as a model, beside one of the same name or, with `replace`, in its place. */
export async function saveModel(about: Card, options: { readonly replace?: boolean } = {}): Promise<void> {
  const zip = await packModel(about);
  const old = options.replace ? models.value.find(({ name }) => name === about.name) : undefined;
  const model: SavedModel = {
    ...about,
    name: old ? old.name : freeName(about.name),
    id: old?.id ?? crypto.randomUUID(),
    labels: [...albums.value.keys()],
    pictures: [...albums.value.values()].flat().length,
    savedAt: Date.now(),
    zip,
  };
  try {
    await store.writeModel(model);
  } catch (error) {
    if (!(error instanceof NearkinError) || error.code !== 'DISK_FULL') throw error;
    tell(`Storage is full: ${model.name} was not saved, everything else is as it was. Delete models, or download it.`, {
      tone: 'trouble',
      action: { label: 'Download it', run: () => offer(zip, `${fileName(model.name)}.zip`) },
    });
    return;
  }
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

/** Other texts about a saved model, in the list and in its file. */
export async function editModel(model: SavedModel, about: Card): Promise<void> {
  const name = about.name === model.name ? model.name : freeName(about.name);
  const zip = await teacher.call('editCard', { zip: model.zip, card: { ...about, name } });
  await store.writeModel({ ...model, ...about, name, zip });
  await listModels();
  tell(`${name} is changed.`);
}

/** Puts a model's albums in place of those that are there now; undo brings those back. */
export async function openModel(file: Blob, name: string): Promise<void> {
  await openedEngine();
  const read = await teacher.call('readModel', { file });
  await useBaseModelOf(read, name);
  const pictures = new Map(read.pictures.map((item) => [item.id, item]));
  const { ids, labels, data, dim } = read.rows;
  const at = (entries.value.at(-1)?.at ?? 0) + 1;
  const found: Entry[] = ids.map((id, i) => {
    const { name: called = id, picture } = pictures.get(id) ?? {};
    return { id, label: labels[i]!, name: called, at: at + i, ...(picture ? { picture } : {}) };
  });
  if (read.unknownBelow !== undefined) setUnknownBelow(read.unknownBelow);
  card.value = { ...blank, name, ...read.card };
  const taken = new Set(ids);
  const others = entries.value.filter(({ label, id }) => label === '' && !taken.has(id));
  edit(`open ${name}`, [...others, ...found]);
  if (read.modelId === engine.value?.id)
    learnVectors(
      // Those with a picture are looked at again, which makes their thumbnails.
      found.flatMap(({ id, picture }, i) => (picture ? [] : [[id, data.slice(i * dim, (i + 1) * dim)] as const])),
    );
  await settle();
  // Where the albums say the same, they go on saying it as they change.
  if (read.unknownBelow === calibrated.value?.threshold) setUnknownBelow(undefined);
  await written();
  tell(`${name} is open: ${new Set(labels).size} albums. Undo brings the albums before it back.`);
}

/** The same vectors as where the model was made, or its answers would not be the same. */
async function useBaseModelOf({ modelId, base, pictures, rows }: ReadModel, name: string): Promise<void> {
  if (modelId === engine.value?.id) return;
  for (const kind of ['filters', 'starter'] as const) {
    if (baseModel.value.kind === kind) continue;
    const model: BaseModel = { kind };
    if ((await teacher.call('identify', { model })) === modelId) {
      await switchBaseModel(model);
      return;
    }
  }
  if (base?.has('model.json')) await switchBaseModel({ kind: 'files', name, files: base });
  else if (pictures.length < rows.ids.length)
    throw new NearkinError(
      'MODEL_MISMATCH',
      `${name} was made with another base model, which is not in the file. Choose that one first (Base model, above), then import again.`,
    );
}

const endings: Readonly<Record<ExportKind, string>> = {
  save: '.zip',
  graph: '-graph.zip',
  tflite: '.tflite',
  index: '.nearkin',
};

const fileName = (name: string) => name.replace(/[^\p{L}\p{N} ._-]+/gu, '').trim() || 'model';

/** The albums as a file of that kind, handed to the browser's downloads or to another program. */
export async function exportModel(kind: ExportKind, about: Card, hand: (blob: Blob, name: string) => unknown = offer) {
  await hand(await exported(kind, about), `${fileName(about.name)}${endings[kind]}`);
}

async function exported(kind: ExportKind, about: Card): Promise<Blob> {
  if (kind === 'save') return packModel(about);
  await openedEngine();
  await settle();
  const rows = rowsOf({ labelled: true });
  if (!rows) throw new NearkinError('EMPTY_GALLERY', 'There are no albums to export yet.');
  const files = await teacher.call('exportFiles', { rows, kind, card: about, unknownBelow: unknownBelow.value });
  if (kind === 'graph') return new Blob([await zipFiles(files)], { type: 'application/zip' });
  const [bytes] = files.values();
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

/** The saved file of a model, for `offer` or `share`. */
export const savedFile = ({ name, zip }: SavedModel) => [zip, `${fileName(name)}${endings.save}`] as const;

export function offer(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const asFile = (blob: Blob, name: string) => new File([blob], name, { type: blob.type || 'application/octet-stream' });

/** Whether this device hands files of that kind to other programs; where not, they can be downloaded. */
export function canShare(kind: ExportKind): boolean {
  const type = kind === 'save' || kind === 'graph' ? 'application/zip' : '';
  return navigator.canShare?.({ files: [asFile(new Blob([], { type }), `model${endings[kind]}`)] }) ?? false;
}

/** Opens the device's own sheet of programs to hand a file to. */
export async function share(blob: Blob, name: string): Promise<void> {
  try {
    await navigator.share({ files: [asFile(blob, name)], title: name });
  } catch (error) {
    // Closed without a choice.
    if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
  }
}
