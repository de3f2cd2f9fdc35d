import { createGallery, createRng, createVectors } from '@nearkin/core';
import { buildIndex, type SearchIndex } from '@nearkin/searcher';
import { type Cell, type Point, rankCells, readCells } from './partition-cells';

export const [count, partitions, k, candidates] = [2000, 40, 10, 40];
export const board = { width: 1.6, height: 1 };
const questionCount = 150;

export interface SearchSetting {
  readonly partitionsToSearch: number;
  /** Whether the best candidates by codes are scored again by their rows. */
  readonly reorder: boolean;
}

/** What one question looked at and found; rows are numbers of points. */
export interface Answer {
  readonly cells: readonly Cell[];
  readonly looked: readonly number[];
  readonly found: readonly number[];
  /** Of the true nearest, those that were not found. */
  readonly missed: readonly number[];
}

/** Means over all questions. */
export interface Effort {
  readonly looked: number;
  /** Share of the true nearest that is found. */
  readonly recall: number;
}

export interface PartitionModel {
  readonly points: readonly Point[];
  readonly cells: readonly Cell[];
  /** What answers. */
  readonly index: SearchIndex;
  /** Questions to try, in turns. */
  readonly questions: readonly Point[];
  ask(question: Point, setting: SearchSetting): Answer;
  effort(setting: SearchSetting): Effort;
}

/** A real index over points of a plane, and the exact one beside it. */
export async function createPartitionModel(): Promise<PartitionModel> {
  const rng = createRng(4);
  const centres = Array.from({ length: 26 }, () => [0.1 + 1.4 * rng.uniform(), 0.1 + 0.8 * rng.uniform()] as const);
  const within = (value: number, most: number) => Math.min(most, Math.max(0.01, value));
  const draw = (): Point => {
    const [x, y] = centres[rng.integer(centres.length)]!;
    return [within(x + 0.07 * rng.normal(), board.width - 0.01), within(y + 0.07 * rng.normal(), board.height - 0.01)];
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
  const cells = readCells(index, board);
  const numbers = (hits: readonly { id: string }[]) => hits.map(({ id }) => Number(id));
  const nearest = (question: Point) => numbers(exact.search(question, { k }));
  const ask = (question: Point, { partitionsToSearch, reorder }: SearchSetting): Answer => {
    const found = numbers(index.search(question, { k, partitionsToSearch, reorder: reorder ? candidates : 0 }));
    const best = rankCells(cells, question).slice(0, partitionsToSearch);
    return {
      cells: best,
      looked: best.flatMap(({ rows }) => rows),
      found,
      missed: nearest(question).filter((row) => !found.includes(row)),
    };
  };
  const efforts = new Map<string, Effort>();
  const effort = (setting: SearchSetting): Effort => {
    const answers = questions.map((question) => ask(question, setting));
    const mean = (value: (answer: Answer) => number) =>
      answers.reduce((sum, answer) => sum + value(answer), 0) / answers.length;
    return { looked: mean(({ looked }) => looked.length), recall: mean(({ missed }) => 1 - missed.length / k) };
  };
  return {
    points,
    cells,
    index,
    questions,
    ask,
    effort(setting) {
      const key = `${setting.partitionsToSearch} ${setting.reorder}`;
      const known = efforts.get(key) ?? effort(setting);
      efforts.set(key, known);
      return known;
    },
  };
}
