import { createGallery, createRng, createVectors } from '@nearkin/core';
import { buildIndex } from '@nearkin/searcher';

export const [count, partitions, k, candidates] = [2000, 40, 10, 40];
const questionCount = 150;

export type Point = readonly [x: number, y: number];

export interface SearchSetting {
  readonly partitionsToSearch: number;
  /** Whether the best candidates by codes are scored again by their rows. */
  readonly reorder: boolean;
}

/** What one question looked at and found; all are numbers of points. */
export interface Answer {
  readonly looked: readonly number[];
  readonly found: readonly number[];
  /** Of the true nearest, those that were not found. */
  readonly missed: readonly number[];
}

export interface PartitionModel {
  readonly points: readonly Point[];
  /** Questions to try, in turns. */
  readonly questions: readonly Point[];
  ask(question: Point, setting: SearchSetting): Answer;
  /** Share of the true nearest that is found, over all questions. */
  recall(setting: SearchSetting): number;
}

/** A real index over points of a plane, 1.6 wide and 1 high, and the exact one beside it. */
export async function createPartitionModel(): Promise<PartitionModel> {
  const rng = createRng(4);
  const centres = Array.from({ length: 26 }, () => [0.1 + 1.4 * rng.uniform(), 0.1 + 0.8 * rng.uniform()] as const);
  const within = (value: number, most: number) => Math.min(most, Math.max(0.01, value));
  const draw = (): Point => {
    const [x, y] = centres[rng.integer(centres.length)]!;
    return [within(x + 0.07 * rng.normal(), 1.59), within(y + 0.07 * rng.normal(), 0.99)];
  };
  const points = Array.from({ length: count }, draw);
  const questions = Array.from({ length: questionCount }, draw);
  const gallery = createGallery({
    vectors: createVectors(Float32Array.from(points.flat()), 2),
    ids: points.map((_, i) => String(i)),
  });
  const index = await buildIndex(gallery, {
    kind: 'partitioned',
    metric: 'squaredL2',
    partitions,
    partitionsToSearch: 4,
    codes: 'pq4',
    dimensionsPerBlock: 2,
    reorder: 'float32',
    reorderCandidates: candidates,
  });
  const exact = await buildIndex(gallery, { kind: 'flat', metric: 'squaredL2' });
  const numbers = (hits: readonly { id: string }[]) => hits.map(({ id }) => Number(id));
  const find = (question: Point, { partitionsToSearch, reorder }: SearchSetting) =>
    numbers(index.search(question, { k, partitionsToSearch, reorder: reorder ? candidates : 0 }));
  const nearest = (question: Point) => numbers(exact.search(question, { k }));
  const truths = questions.map(nearest);
  const recalls = new Map<string, number>();
  return {
    points,
    questions,
    ask(question, setting) {
      const found = find(question, setting);
      // All rows of the partitions that are searched, however far.
      const looked = numbers(index.search(question, { k: count, partitionsToSearch: setting.partitionsToSearch }));
      return { looked, found, missed: nearest(question).filter((row) => !found.includes(row)) };
    },
    recall(setting) {
      const key = `${setting.partitionsToSearch} ${setting.reorder}`;
      const known = recalls.get(key);
      if (known !== undefined) return known;
      const hits = questions.map((question, q) => {
        const found = find(question, setting);
        return truths[q]!.filter((row) => found.includes(row)).length;
      });
      const share = hits.reduce((a, b) => a + b, 0) / (k * questions.length);
      recalls.set(key, share);
      return share;
    },
  };
}
