import { batch, effect, signal } from '@preact/signals';
import type { Found, SearchApi, SearchSettings } from '../engines/search.worker.js';
import { engine, searcher, teacher } from './engine.js';
import { openLibrary } from './library.js';
import { measure, measureDraw } from './meters.js';
import { complain, speak } from './notices.js';
import { allRows, contents, looking } from './pictures.js';
import { question } from './question.js';
import { route } from './route.js';

export type Query =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'picture'; readonly file: File }
  | { readonly kind: 'like'; readonly id: string };

export type IndexInfo = Awaited<ReturnType<SearchApi['index']>>;

export const query = signal<Query | undefined>(undefined);
/** What was found, and for which question: a newer one may be under way. */
export const found = signal<(Found & { readonly query: Query }) | undefined>(undefined);
/** Why there is no answer. */
export const trouble = signal('');
/** What the index is made of; undefined while there is none. */
export const indexInfo = signal<IndexInfo | undefined>(undefined);
export const settings = signal<Omit<SearchSettings, 'k'>>({});

/** Answers on a page. */
const shown = 24;

let indexed = -1;
let indexedAt = 0;
let indexing: Promise<void> | undefined;
/** Shortest time between two indexes while pictures come in. */
const betweenMs = 1000;

/** Indexes the pictures as they are now, unless that was done; while more come in, those that are there so far. */
async function bringUpToDate(): Promise<void> {
  await indexing;
  const partial = looking.peek();
  if (indexed === contents.peek() || (partial && performance.now() - indexedAt < betweenMs)) return;
  indexing = (async () => {
    const at = contents.peek();
    const rows = allRows();
    indexInfo.value = rows ? await searcher().call('index', { rows, modelId: engine.peek()!.id, partial }) : undefined;
    // What is found so far is asked anew when everything is there.
    indexed = partial ? -1 : at;
    indexedAt = performance.now();
  })().finally(() => {
    indexing = undefined;
  });
  await indexing;
  if (!looking.peek() && indexed !== contents.peek()) await bringUpToDate();
}

let asked = 0;
/** The vector of the newest question, for as long as the base model is the same. */
let known: { readonly query: Query; readonly model: string; readonly vector: Float32Array | undefined } | undefined;

/** @param options.again the same question, because there are more pictures now */
export async function search(next: Query | undefined, { again = false } = {}): Promise<void> {
  const number = ++asked;
  query.value = next;
  if (!again) trouble.value = '';
  if (!next) {
    found.value = undefined;
    question.value = undefined;
    return;
  }
  try {
    await bringUpToDate();
    if (number !== asked) return;
    if (!indexInfo.peek()) {
      found.value = undefined;
      trouble.value = !engine.peek()
        ? 'The base model is still loading …'
        : looking.peek()
          ? 'The first pictures are being looked at …'
          : 'There are no pictures yet.';
      return;
    }
    const vector = await vectorOf(next);
    if (number !== asked) return;
    const answer = await searcher().call('search', {
      ...(vector ? { vector } : {}),
      ...(next.kind === 'like' ? { like: next.id } : {}),
      settings: { ...settings.peek(), k: shown },
    });
    if (number !== asked) return;
    batch(() => {
      trouble.value = '';
      found.value = { ...answer, query: next };
      question.value = answer.vector;
    });
    measure('search', answer.ms);
    measureDraw();
    if (!again || !looking.peek()) speak(`${answer.hits.length} pictures found`);
  } catch (error) {
    if (number !== asked) return;
    found.value = undefined;
    trouble.value = error instanceof Error ? error.message : String(error);
  }
}

async function vectorOf(next: Query): Promise<Float32Array | undefined> {
  const model = engine.peek()?.id ?? '';
  if (known?.query === next && known.model === model) return known.vector;
  const vector = await freshVectorOf(next);
  known = { query: next, model, vector };
  return vector;
}

async function freshVectorOf(next: Query): Promise<Float32Array | undefined> {
  if (next.kind === 'words') return teacher.call('embedText', { text: next.text });
  if (next.kind === 'like') return undefined;
  const { vector, embedMs } = await teacher.call('classify', { picture: next.file, k: 1 });
  measure('embed', embedMs);
  return vector;
}

effect(() => {
  if (route.value === 'search') openLibrary().catch(complain);
});

/** Views that need the index keep it fresh. */
effect(() => {
  contents.value;
  looking.value;
  const view = route.value;
  if (!engine.value || (view !== 'search' && view !== 'inspect')) return;
  const before = indexed;
  bringUpToDate()
    .then(() => {
      if (view === 'search' && query.peek() && (indexed !== before || indexed === -1))
        return search(query.peek(), { again: true });
      return undefined;
    })
    .catch(complain);
});
