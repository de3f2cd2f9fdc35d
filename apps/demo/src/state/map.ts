import type { MislabelReport } from '@nearkin/evaluation';
import { effect, signal } from '@preact/signals';
import type { Rows } from '../engines/teach.worker.js';
import { engine, searcher } from './engine.js';
import { albums, rowsOf } from './gallery.js';
import { openLibrary } from './library.js';
import { complain } from './notices.js';
import { allRows, contents, looking } from './pictures.js';
import { question } from './question.js';
import { route } from './route.js';

/** The gallery laid out in the plane. */
export interface Layout {
  readonly kind: 'pca' | 'umap';
  readonly ids: readonly string[];
  readonly labels: readonly string[];
  /** Two numbers a row. */
  readonly points: Float32Array;
}

/** Where the last question lies, and its nearest rows. */
export interface Star {
  readonly x: number;
  readonly y: number;
  readonly neighbours: readonly number[];
}

export const layout = signal<Layout | undefined>(undefined);
export const star = signal<Star | undefined>(undefined);
/** 0 to 1 while UMAP runs. */
export const umapProgress = signal<number | undefined>(undefined);
export const report = signal<MislabelReport | undefined>(undefined);

/** Pictures whose nearest other one is in another album; the report also has those that only draw others away. */
export const confusions = (found: MislabelReport | undefined) =>
  found?.suspects.filter(({ label, nearestLabel }) => label !== nearestLabel) ?? [];

interface Plane {
  readonly directions: Float32Array;
  readonly mean: Float32Array;
}
let plane: Plane | undefined;
let rows: Rows | undefined;
let running: AbortController | undefined;
let computed = -1;

async function refresh(at: number): Promise<void> {
  rows = allRows();
  running?.abort();
  umapProgress.value = undefined;
  if (!rows || rows.ids.length < 3) {
    layout.value = undefined;
    report.value = undefined;
    return;
  }
  const { points, directions, mean } = await searcher().call('pca', { rows });
  if (at !== contents.peek() && !looking.peek()) return;
  plane = { directions, mean };
  layout.value = { kind: 'pca', ids: rows.ids, labels: rows.labels, points };
  placeStar();
}

/** Leave-one-out of the albums; where it cannot be asked there is none. */
async function check(at: number): Promise<void> {
  const labelled = rowsOf({ labelled: true });
  const judged = labelled && albums.peek().size >= 2 && labelled.ids.length > albums.peek().size;
  const next = judged ? await searcher().call('check', { rows: labelled }) : undefined;
  if (at === contents.peek()) report.value = next;
}

export async function startUmap(): Promise<void> {
  const asked = rows;
  if (!asked) return;
  running?.abort();
  running = new AbortController();
  const { signal: ended } = running;
  umapProgress.value = 0;
  try {
    const { points } = await searcher().call(
      'umap',
      { rows: asked },
      {
        signal: ended,
        onProgress: ({ done, total }) => {
          if (!ended.aborted) umapProgress.value = done / (total ?? 1);
        },
      },
    );
    if (ended.aborted) return;
    layout.value = { kind: 'umap', ids: asked.ids, labels: asked.labels, points };
    placeStar();
  } catch (error) {
    if (!ended.aborted) complain(error);
  } finally {
    if (!ended.aborted) umapProgress.value = undefined;
  }
}

export function showPca(): void {
  running?.abort();
  umapProgress.value = undefined;
  void refresh(contents.peek()).catch(complain);
}

const neighbourCount = 5;

/** PCA places the question itself; UMAP has no place for it, so it stands amid its neighbours. */
function placeStar(): void {
  const vector = question.peek();
  const shown = layout.peek();
  star.value = undefined;
  if (!vector || !shown || !rows || vector.length !== rows.dim || shown.ids !== rows.ids) return;
  const { data, dim } = rows;
  const length = Math.hypot(...vector) || 1;
  const near = rows.ids
    .map((_, row) => {
      let [product, square] = [0, 0];
      for (let j = 0; j < dim; j++) {
        const value = data[row * dim + j]!;
        product += value * vector[j]!;
        square += value * value;
      }
      return { row, cosine: product / (Math.sqrt(square) || 1) / length };
    })
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, neighbourCount);
  const neighbours = near.map(({ row }) => row);
  if (shown.kind === 'pca' && plane) {
    const { directions, mean } = plane;
    const along = (component: number) => {
      let sum = 0;
      for (let j = 0; j < dim; j++) sum += (vector[j]! / length - mean[j]!) * directions[component * dim + j]!;
      return sum;
    };
    star.value = { x: along(0), y: along(1), neighbours };
    return;
  }
  const middle = (axis: number) =>
    neighbours.reduce((sum, row) => sum + shown.points[row * 2 + axis]!, 0) / neighbours.length;
  star.value = { x: middle(0), y: middle(1), neighbours };
}

/** While pictures come in, the map follows no faster than this. */
const betweenMs = 3000;
let computedAt = 0;
let later: ReturnType<typeof setTimeout> | undefined;

function keepFresh(): void {
  clearTimeout(later);
  const at = contents.peek();
  if (!engine.peek() || (route.peek() !== 'map' && route.peek() !== 'inspect')) return;
  if (computed === at) {
    placeStar();
    return;
  }
  const wait = computedAt + betweenMs - performance.now();
  if (looking.peek() && wait > 0) {
    later = setTimeout(keepFresh, wait);
    return;
  }
  computed = at;
  computedAt = performance.now();
  refresh(at)
    .then(() => (looking.peek() ? undefined : check(at)))
    .catch((error: unknown) => {
      computed = -1;
      complain(error);
    });
}

effect(() => {
  if (route.value === 'map' || route.value === 'inspect') openLibrary().catch(complain);
});

effect(() => {
  contents.value;
  engine.value;
  route.value;
  if (!looking.value) computed = computed === contents.peek() && report.peek() ? computed : -1;
  keepFresh();
});

effect(() => {
  question.value;
  if (route.peek() === 'map') placeStar();
});
