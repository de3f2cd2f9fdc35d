import { batch, computed, signal } from '@preact/signals';
import type { BaseModel } from '../engines/base-model.js';
import type { UnknownThreshold } from '../engines/calibrate-unknown.js';
import { type Entry, type GalleryStore, openGalleryStore } from '../engines/gallery-store.js';
import type { Embedded, Rows } from '../engines/teach.worker.js';
import { baseModel, type Engine, engine, teacher } from './engine.js';
import { complain, tell } from './notices.js';
import { lasting, saveEntries, write } from './saving.js';

export const entries = signal<readonly Entry[]>([]);
/** By entry id, of the base model that runs. */
export const vectors = signal<ReadonlyMap<string, Float32Array>>(new Map());
export const loaded = signal(false);
/** Pictures being looked at. */
export const progress = signal<{ readonly done: number; readonly total: number; readonly what: string } | undefined>(
  undefined,
);
/** The score below which the albums, as they are, say “unknown”. */
export const calibrated = signal<UnknownThreshold | undefined>(undefined);
/** How the classifier became ready the last time. */
export const lesson = signal<{ readonly seconds: number; readonly pictures: number } | undefined>(undefined);

interface Step {
  readonly what: string;
  readonly before: readonly Entry[];
}
const past = signal<readonly Step[]>([]);
export const undoable = computed(() => past.value.at(-1)?.what);
const longestPast = 50;

/** Labels with their entries, in the order in which the albums began. */
export const albums = computed(() => {
  const found = new Map<string, Entry[]>();
  for (const entry of entries.value)
    if (entry.label !== '') found.set(entry.label, [...(found.get(entry.label) ?? []), entry]);
  return found;
});
export const byId = computed(() => new Map(entries.value.map((entry) => [entry.id, entry])));

export let store: GalleryStore;
/** Rises when the classifier was built anew. */
export const taught = signal(0);

export async function openGallery(): Promise<void> {
  store = await openGalleryStore();
  lasting.value = store.lasting;
  const model = await store.setting<BaseModel>('baseModel');
  batch(() => {
    if (model) baseModel.value = model;
  });
  entries.value = await store.entries();
  loaded.value = true;
}

function replace(next: readonly Entry[]): void {
  const before = new Map(entries.value.map((entry) => [entry.id, entry]));
  const kept = new Set(next.map(({ id }) => id));
  const gone = [...before.keys()].filter((id) => !kept.has(id));
  const changed = next.flatMap((entry) => (before.get(entry.id) === entry ? [] : [entry.id]));
  entries.value = next;
  saveEntries([...gone, ...changed], { store, entries: () => byId.value });
}

/** An edit that can be taken back. */
export function edit(what: string, next: readonly Entry[]): void {
  past.value = [...past.value.slice(1 - longestPast), { what, before: entries.value }];
  replace(next);
  void settle();
}

export function undo(): void {
  const step = past.value.at(-1);
  if (!step) return;
  past.value = past.value.slice(0, -1);
  // What was prepared since then stays prepared.
  const now = byId.value;
  replace(step.before.map((entry) => (entry.thumb ? entry : { ...entry, ...thumbOf(now.get(entry.id)) })));
  tell(`Undone: ${step.what}.`);
  void settle();
}

const thumbOf = (entry: Entry | undefined) => (entry?.thumb ? { thumb: entry.thumb, picture: entry.picture } : {});

/** Entries with vectors; only those with a label where `labelled`. */
export function rowsOf({ labelled }: { readonly labelled: boolean }): Rows | undefined {
  const { dim } = engine.value ?? {};
  if (dim === undefined) return undefined;
  const rows = entries.value.filter(({ id, label }) => vectors.value.has(id) && (!labelled || label !== ''));
  if (rows.length === 0) return undefined;
  const data = new Float32Array(rows.length * dim);
  rows.forEach(({ id }, i) => {
    data.set(vectors.value.get(id)!, i * dim);
  });
  return { ids: rows.map(({ id }) => id), labels: rows.map(({ label }) => label), data, dim };
}

/** Vectors that are known already, as of an imported model. */
export function learnVectors(rows: readonly (readonly [string, Float32Array])[]): void {
  const model = engine.value;
  if (!model) return;
  vectors.value = new Map([...vectors.value, ...rows]);
  // They can be computed again: no harm where there is no room for them.
  write(() => store.writeVectors(model.id, rows).catch(() => {}));
}

/** Starts a base model; what it has not looked at yet is looked at now, labels stay. */
export async function switchBaseModel(
  model: BaseModel,
  { signal: ended, onOpen }: { readonly signal?: AbortSignal; readonly onOpen?: (opened: Engine) => void } = {},
): Promise<Engine> {
  const opened = await teacher.call('open', { model }, { signal: ended });
  const known = await store.vectors(opened.id);
  batch(() => {
    engine.value = opened;
    vectors.value = known;
    baseModel.value = model;
  });
  write(() => store.writeSetting('baseModel', model));
  onOpen?.(opened);
  await settle();
  return opened;
}

const chunk = 8;
/** Pictures are looked at or the classifier is built: a live camera waits, or encoding would starve. */
export const busy = signal(false);
let settling: Promise<void> | undefined;
let again = false;

/** Looks at every picture that has no vector yet, then builds the classifier. Runs once, however often it is asked. */
export function settle(): Promise<void> {
  again = true;
  busy.value = true;
  settling ??= (async () => {
    while (again) {
      again = false;
      await lookAndTeach();
    }
  })()
    .catch(complain)
    .finally(() => {
      settling = undefined;
      busy.value = false;
      progress.value = undefined;
    });
  return settling;
}

async function lookAndTeach(): Promise<void> {
  const model = engine.value;
  if (!model) return;
  const started = performance.now();
  const broken: string[] = [];
  let current = false;
  let done = 0;
  for (;;) {
    if (again) {
      again = false;
      current = false;
    }
    const waiting = entries.value.filter((entry) => !vectors.value.has(entry.id) && entry.picture);
    // Albums come first: a library of thousands must not keep the classifier waiting.
    const urgent = waiting.filter(({ label }) => label !== '');
    if (urgent.length === 0 && !current) {
      await teach(done > 0 ? started : undefined);
      current = true;
      continue;
    }
    if (waiting.length === 0) break;
    if (waiting.length > 2) progress.value = { done, total: done + waiting.length, what: 'Looking at pictures' };
    const next = urgent.length > 0 ? urgent : waiting;
    const keep = next[0]!.thumb !== undefined;
    const some = next.filter(({ thumb }) => (thumb !== undefined) === keep).slice(0, chunk);
    const looked = await teacher
      .call('embed', { pictures: some.map(({ picture }) => picture!), keep })
      .catch((error: { code?: string }) => {
        // Another base model has taken over in the middle of these.
        if (error.code === 'DISPOSED') return undefined;
        throw error;
      });
    if (!looked || engine.value !== model) return;
    done += some.length;
    keepLooked(some, looked, broken);
  }
  if (broken.length > 0)
    tell(
      `${broken.length === 1 ? `${broken[0]} is` : `${broken.length} files (${broken.slice(0, 3).join(', ')} …) are`} not a picture that this browser can read, and was left out.`,
      { tone: 'trouble' },
    );
}

async function teach(started: number | undefined): Promise<void> {
  const rows = rowsOf({ labelled: true });
  const { ready, unknown } = await teacher.call('teach', { rows });
  calibrated.value = unknown;
  taught.value++;
  if (!ready || !rows) lesson.value = undefined;
  else if (started !== undefined)
    lesson.value = { seconds: (performance.now() - started) / 1000, pictures: rows.ids.length };
}

/** Vectors and thumbnails of a chunk; what cannot be read leaves the gallery. */
function keepLooked(some: readonly Entry[], looked: readonly Embedded[], broken: string[]): void {
  const rows: [string, Float32Array][] = [];
  const changed = new Map<string, Entry | undefined>();
  some.forEach((entry, i) => {
    const result = looked[i]!;
    if ('error' in result) {
      broken.push(entry.name);
      changed.set(entry.id, undefined);
      return;
    }
    rows.push([entry.id, result.vector]);
    if (!entry.thumb) changed.set(entry.id, { ...entry, picture: result.picture, thumb: result.thumb });
  });
  learnVectors(rows);
  if (changed.size === 0) return;
  replace(
    entries.value.flatMap((entry) => {
      if (!changed.has(entry.id)) return [entry];
      const parts = changed.get(entry.id);
      // It may have been renamed while it was looked at.
      return parts ? [{ ...entry, picture: parts.picture, thumb: parts.thumb }] : [];
    }),
  );
}
