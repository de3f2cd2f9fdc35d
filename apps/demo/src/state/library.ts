import { batch, effect, signal } from '@preact/signals';
import type { Entry } from '../engines/gallery-store.js';
import type { LibraryApi, Looked } from '../engines/library.worker.js';
import type { PictureSize, StoredPicture } from '../engines/library-store.js';
import { connect } from '../engines/rpc.js';
import { loadSamples } from '../engines/sample-pack.js';
import { baseModel, engine } from './engine.js';
import { store } from './gallery.js';
import { complain, tell } from './notices.js';

/** A picture that is there to be found; its bytes are in the library's own files. */
export interface LibraryPicture extends Entry {
  readonly stored: StoredPicture;
}

export const library = signal<readonly LibraryPicture[]>([]);
/** By entry id, of the base model that runs. */
export const libraryVectors = new Map<string, Float32Array>();
/** Rises when vectors came or went. */
export const libraryEdition = signal(0);
/** What is being done, if anything. */
export const libraryWork = signal<{ readonly what: string; readonly done: number; readonly total: number } | undefined>(
  undefined,
);
/** Indexing was stopped by the user and can go on. */
export const paused = signal(false);
/** False: the browser gives this page no private files, and the library goes when the page is closed. */
export const libraryLasts = signal(true);

type Remote = ReturnType<typeof connect<LibraryApi>>;
let remote: Remote | undefined;
const isOpen = signal(false);

function librarian(): Remote {
  remote ??= connect<LibraryApi>(
    new Worker(new URL('../engines/library.worker.ts', import.meta.url), { type: 'module', name: 'library' }),
  );
  return remote;
}

const idOf = (number: number) => `library/${number}`;
const shownName = (name: string) => name.split('/').at(-1)!;

function toEntry(stored: StoredPicture): LibraryPicture {
  return { id: idOf(stored.number), label: '', name: shownName(stored.name), at: stored.number, stored };
}

let opening: Promise<void> | undefined;

/** Opens what is kept, once; indexing goes on where it was left. */
export function openLibrary(): Promise<void> {
  opening ??= (async () => {
    const { lasting, pictures } = await librarian().call('open', {});
    libraryLasts.value = lasting;
    library.value = pictures.map(toEntry);
    isOpen.value = true;
  })().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

/** A page that has a library starts with it; others start the worker when it is asked for. */
export async function openKnownLibrary(): Promise<void> {
  if (await store.setting<boolean>('library')) await openLibrary();
}

/** Files in one message: the page must not wait while thousands are handed over. */
const handful = 24;
let stopTaking = false;
let isTaking = false;

/** Copies files into the library, then looks at them. */
export async function addToLibrary(files: readonly { readonly name: string; readonly file: File }[]): Promise<void> {
  if (files.length === 0) {
    complain('No pictures were found there.');
    return;
  }
  let known = 0;
  stopTaking = false;
  toldFull = false;
  isTaking = true;
  paused.value = false;
  try {
    await openLibrary();
    keepSetting(true);
    ended++;
    await running;
    for (let at = 0; at < files.length && !stopTaking; at += handful) {
      libraryWork.value = { what: 'Taking pictures in', done: at, total: files.length };
      const taken = await librarian().call('take', { files: files.slice(at, at + handful) });
      known += taken.known;
      library.value = [...library.value, ...taken.added.map(toEntry)];
      if (!taken.full) continue;
      tellFull();
      break;
    }
    if (known > 0 && !toldFull) tell(`${known === 1 ? 'One picture is' : `${known} pictures are`} there already.`);
  } catch (error) {
    tellStorage(error);
  }
  isTaking = false;
  libraryWork.value = undefined;
  if (!paused.peek()) await lookAtLibrary();
}

export async function addSampleLibrary(): Promise<void> {
  try {
    const samples = await loadSamples('gallery');
    await addToLibrary(samples.map(({ picture }) => ({ name: picture.name, file: picture })));
  } catch (error) {
    complain(error);
  }
}

export async function emptyLibrary(): Promise<void> {
  pauseLibrary();
  paused.value = false;
  await running;
  try {
    await librarian().call('clear', {});
    keepSetting(false);
    tell('The library is empty.');
  } catch (error) {
    complain(error);
  }
  sizes.clear();
  libraryVectors.clear();
  library.value = [];
  libraryEdition.value++;
}

/** Where there is no room for it, the library is opened with the first view that needs it. */
const keepSetting = (isThere: boolean) => void store.writeSetting('library', isThere).catch(() => {});

/** Stops taking in and looking; what was done stays. */
export function pauseLibrary(): void {
  stopTaking = true;
  paused.value = true;
  ended++;
  libraryWork.value = undefined;
}

export function resumeLibrary(): void {
  paused.value = false;
  void lookAtLibrary();
}

/** Loops that began before this number was raised end. */
let ended = 0;
/** Shortest time between two editions while pictures come in. */
const editionMs = 700;

let running: Promise<void> = Promise.resolve();

/** Asks for the vectors that are there, then for the others, until none is missing. One loop at a time. */
export function lookAtLibrary(): Promise<void> {
  const mine = ++ended;
  running = running.then(() => (mine === ended ? lookThrough(mine) : undefined));
  return running;
}

async function lookThrough(mine: number): Promise<void> {
  const model = engine.peek();
  if (!model || !isOpen.peek() || library.peek().length === 0) return;
  const { dim, id: modelId } = model;
  let waiting = 0;
  try {
    const known = await librarian().call('vectors', { modelId, dim });
    if (mine !== ended) return;
    libraryVectors.clear();
    keepRows(known.numbers, known.data, dim);
    libraryEdition.value++;
    waiting = known.waiting;
    if (waiting === 0 || paused.peek()) return;
    showWork(waiting);
    await librarian().call('use', { model: baseModel.peek(), modelId });
    const broken: string[] = [];
    let full = false;
    let published = performance.now();
    while (waiting > 0 && mine === ended) {
      const looked = await librarian().call('look', { modelId });
      if (mine !== ended) return;
      waiting = looked.waiting;
      keepLooked(looked, dim);
      full ||= looked.full;
      broken.push(...looked.broken.map(({ name }) => name));
      showWork(waiting);
      if (performance.now() - published < editionMs) continue;
      libraryEdition.value++;
      published = performance.now();
    }
    if (broken.length > 0) tellBroken(broken);
    else if (full && !toldFull)
      tell(
        'Storage is full: what was found about the library is known until this page is closed, then looked for anew.',
        {
          tone: 'trouble',
        },
      );
  } catch (error) {
    if (mine === ended) tellStorage(error);
  } finally {
    if (mine === ended) {
      libraryWork.value = undefined;
      libraryEdition.value++;
    }
  }
}

function showWork(waiting: number): void {
  const total = library.peek().length;
  libraryWork.value = { what: 'Looking at the library', done: total - waiting, total };
}

function keepRows(numbers: readonly number[], data: Float32Array, dim: number): void {
  numbers.forEach((number, i) => {
    libraryVectors.set(idOf(number), data.subarray(i * dim, (i + 1) * dim));
  });
}

function keepLooked(looked: Looked, dim: number): void {
  keepRows(
    looked.pictures.map(({ number }) => number),
    looked.data,
    dim,
  );
  const changed = new Map<number, StoredPicture>();
  for (const picture of looked.pictures) changed.set(picture.number, picture);
  const gone = new Set(looked.broken.map(({ number }) => number));
  library.value = library.value.flatMap((entry) => {
    const { number, ready } = entry.stored;
    if (gone.has(number)) return [];
    const now = changed.get(number);
    return [now && !ready ? toEntry(now) : entry];
  });
}

function tellBroken(names: readonly string[]): void {
  const which = names.length === 1 ? `${names[0]} is` : `${names.length} files (${names.slice(0, 3).join(', ')} …) are`;
  tell(`${which} not a picture that this browser can read, and was left out.`, { tone: 'trouble' });
}

let toldFull = false;

function tellStorage(error: unknown): void {
  if ((error as { code?: string }).code === 'DISK_FULL') tellFull();
  else complain(error);
}

function tellFull(): void {
  toldFull = true;
  tell(`Storage is full: ${library.peek().length} pictures are in the library, the others found no room.`, {
    tone: 'trouble',
  });
}

/** Another base model looks at everything again. */
effect(() => {
  if (engine.value && isOpen.value && !isTaking) void lookAtLibrary();
});

/** Bytes that views have asked for. */
const sizes = new Map<string, ReturnType<typeof signal<Blob | undefined>>>();
const wanted = new Map<PictureSize, number[]>();

/** The bytes of a library picture, when they have been read. */
export function storedBlob({ stored }: LibraryPicture, size: PictureSize) {
  const key = `${size}/${stored.number}`;
  const known = sizes.get(key);
  if (known) return known;
  const made = signal<Blob | undefined>(undefined);
  sizes.set(key, made);
  const numbers = wanted.get(size);
  if (numbers) numbers.push(stored.number);
  else {
    wanted.set(size, [stored.number]);
    // One message for all that a view asks for at once.
    queueMicrotask(() => void readWanted(size));
  }
  return made;
}

async function readWanted(size: PictureSize): Promise<void> {
  const numbers = wanted.get(size) ?? [];
  wanted.delete(size);
  try {
    const blobs = await librarian().call('read', { numbers, size });
    batch(() => {
      numbers.forEach((number, i) => {
        const shown = sizes.get(`${size}/${number}`);
        if (shown) shown.value = blobs[i];
      });
    });
  } catch (error) {
    complain(error);
  }
}

export const isStored = (entry: Entry | undefined): entry is LibraryPicture => entry !== undefined && 'stored' in entry;
