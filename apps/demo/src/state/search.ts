import { effect, signal } from '@preact/signals';
import { loadSamples } from '../engines/sample-pack.js';
import type { Found, SearchApi, SearchSettings } from '../engines/search.worker.js';
import { addPictures } from './albums.js';
import { engine, searcher, teacher } from './engine.js';
import { busy, edit, edition, entries, rowsOf } from './gallery.js';
import { measure, measureDraw } from './meters.js';
import { complain, speak } from './notices.js';
import { route } from './route.js';

export type Query =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'picture'; readonly file: File }
  | { readonly kind: 'like'; readonly id: string };

export type IndexInfo = Awaited<ReturnType<SearchApi['index']>>;

export const query = signal<Query | undefined>(undefined);
export const found = signal<Found | undefined>(undefined);
/** Why there is no answer. */
export const trouble = signal('');
/** The vector that was asked with last: the star on the map. */
export const queryVector = signal<Float32Array | undefined>(undefined);
/** What the index is made of; undefined while there is none. */
export const indexInfo = signal<IndexInfo | undefined>(undefined);
export const settings = signal<Omit<SearchSettings, 'k'>>({});

/** Answers on a page. */
const shown = 24;

let indexed = -1;
let indexing: Promise<void> | undefined;

/** Indexes the gallery as it is now, unless that was done. */
async function bringUpToDate(): Promise<void> {
  while (indexed !== edition.peek()) {
    indexing ??= (async () => {
      const at = edition.peek();
      const rows = rowsOf({ labelled: false });
      indexInfo.value = rows ? await searcher().call('index', { rows, modelId: engine.peek()!.id }) : undefined;
      indexed = at;
    })().finally(() => {
      indexing = undefined;
    });
    await indexing;
  }
}

let asked = 0;

export async function search(next: Query | undefined): Promise<void> {
  const number = ++asked;
  query.value = next;
  trouble.value = '';
  if (!next) {
    found.value = undefined;
    queryVector.value = undefined;
    return;
  }
  try {
    if (busy.peek()) {
      found.value = undefined;
      trouble.value = 'The pictures are still being looked at; the answer comes when that is done.';
      return;
    }
    await bringUpToDate();
    const vector = await vectorOf(next);
    if (number !== asked) return;
    const answer = await searcher().call('search', {
      ...(vector ? { vector } : {}),
      ...(next.kind === 'like' ? { like: next.id } : {}),
      settings: { ...settings.peek(), k: shown },
    });
    if (number !== asked) return;
    found.value = answer;
    queryVector.value = vector;
    measure('search', answer.ms);
    measureDraw();
    speak(`${answer.hits.length} pictures found`);
  } catch (error) {
    if (number !== asked) return;
    found.value = undefined;
    trouble.value = error instanceof Error ? error.message : String(error);
  }
}

async function vectorOf(next: Query): Promise<Float32Array | undefined> {
  if (next.kind === 'words') return teacher.call('embedText', { text: next.text });
  if (next.kind === 'like') return undefined;
  const { vector, embedMs } = await teacher.call('classify', { picture: next.file, k: 1 });
  measure('embed', embedMs);
  return vector;
}

/** Views that need the index keep it fresh, but not while pictures are still coming in. */
effect(() => {
  edition.value;
  if (!engine.value || busy.value || (route.value !== 'search' && route.value !== 'inspect')) return;
  bringUpToDate()
    .then(() => {
      if (query.peek()) void search(query.peek());
    })
    .catch(complain);
});

export async function addSampleLibrary(): Promise<void> {
  try {
    const samples = await loadSamples('gallery');
    addPictures(
      samples.map(({ picture }) => ({ label: '', file: picture })),
      'add the sample library',
    );
  } catch (error) {
    complain(error);
  }
}

export function emptyLibrary(): void {
  edit(
    'empty the library',
    entries.value.filter(({ label }) => label !== ''),
  );
}
