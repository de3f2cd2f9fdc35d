import { createRng, createVectors, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { type FewShotEpisodeOptions, fewShotEpisode } from './few-shot-episode.js';
import { type FewShotEpisodesOptions, fewShotEpisodes } from './few-shot-episodes.js';

function labelled(rows: readonly (readonly number[])[], labels: readonly (string | number)[]) {
  return { vectors: createVectors(Float32Array.from(rows.flat()), rows[0]!.length), labels };
}

describe('fewShotEpisode', () => {
  const support = labelled(
    [
      [0, 0],
      [4, 0],
      [3, 3],
      [3, 4],
    ],
    ['a', 'a', 'b', 'b'],
  );

  it('takes the nearest vector, or the nearest mean', () => {
    // Mean of a: (2, 0), of b: (3, 3.5). The query is nearest to b's (3, 3), but to the mean of a.
    const options: FewShotEpisodeOptions = { support, queries: labelled([[2.5, 1.6]], ['a']), distance: 'euclidean' };
    expect(fewShotEpisode(options)).toEqual({ accuracy: 0, predictions: ['b'] });
    expect(fewShotEpisode({ ...options, rule: 'prototype' })).toEqual({ accuracy: 1, predictions: ['a'] });
  });

  it('takes means of unit vectors under cosine', () => {
    // The long vector of class a must not drown the short one: the mean direction is 45 degrees.
    const support = labelled(
      [
        [100, 0],
        [0, 1],
        [1, 0.2],
      ],
      ['a', 'a', 'b'],
    );
    const query = labelled([[1, 0.7]], ['a']);
    expect(fewShotEpisode({ support, queries: query, rule: 'prototype' }).predictions).toEqual(['a']);
    expect(fewShotEpisode({ support, queries: query, rule: 'max' }).predictions).toEqual(['b']);
  });

  it('settles ties between classes by the policy', () => {
    const same = labelled(
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      ['a', 'b', 'c'],
    );
    const queries = labelled(
      [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      ['a', 'b', 'c'],
    );
    const accuracy = (ties?: FewShotEpisodeOptions['ties']) =>
      fewShotEpisode({ support: same, queries, ties }).accuracy;
    expect(accuracy()).toBeCloseTo(1 / 3, 15);
    expect(accuracy('optimistic')).toBe(1);
    expect(accuracy('pessimistic')).toBe(0);
    expect(accuracy('expected')).toBeCloseTo(1 / 3, 15);
  });
});

describe('fewShotEpisodes', () => {
  const rng = createRng(8);
  const rows = Array.from({ length: 90 }, (_, i) => [(i % 9) + rng.normal() * 2, rng.normal(), 1]);
  const gallery = labelled(
    rows,
    rows.map((_, i) => i % 9),
  );

  it('gives the same episodes for a seed on every host', async () => {
    const options = {
      gallery,
      ways: 5,
      shots: 2,
      queriesPerClass: 3,
      episodes: 20,
      seed: 5,
      distance: 'euclidean',
    } as const;
    const first = await fewShotEpisodes(options);
    expect(await fewShotEpisodes(options)).toEqual(first);
    expect((await fewShotEpisodes({ ...options, seed: 6 })).accuracies).not.toEqual(first.accuracies);
    expect(first.accuracies.map((accuracy) => Math.round(accuracy * 15)).join(' ')).toMatchInlineSnapshot(
      `"10 8 4 7 4 9 7 3 3 5 8 4 9 7 7 8 5 8 7 5"`,
    );
    const mean = first.accuracies.reduce((a, b) => a + b) / 20;
    const variance = first.accuracies.reduce((a, b) => a + (b - mean) ** 2, 0) / 20;
    expect(first.mean).toBeCloseTo(mean, 14);
    expect(first.halfWidth95).toBeCloseTo((1.96 * Math.sqrt(variance)) / Math.sqrt(20), 14);
    // t(0.975, 19) = 2.093024
    expect(first.studentHalfWidth95).toBeCloseTo((2.093024 * Math.sqrt((variance * 20) / 19)) / Math.sqrt(20), 6);
  });

  it('never asks a support vector: with all rows of a class in use, each is support or query', async () => {
    // One dimension a row: only a row's own copy is near, so every hit would be a leak.
    const identity = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => (i === j ? 1 : 0)));
    const result = await fewShotEpisodes({
      gallery: labelled(identity, [0, 0, 0, 0, 1, 1, 1, 1]),
      ways: 2,
      shots: 2,
      queriesPerClass: 2,
      episodes: 30,
      ties: 'pessimistic',
    });
    expect(result.mean).toBe(0);
  });

  it('draws queries from another gallery, and leaves out classes that are too small', async () => {
    const result = await fewShotEpisodes({
      gallery: labelled(
        [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
        ['a', 'b', 'c'],
      ),
      queries: labelled(
        [
          [1, 0.1],
          [0.1, 1],
          [0.2, 1],
          [1, 0.2],
        ],
        ['a', 'b', 'b', 'a'],
      ),
      ways: 2,
      shots: 1,
      queriesPerClass: 2,
      episodes: 5,
    });
    expect(result).toMatchObject({ classes: 2, mean: 1, halfWidth95: 0 });
  });

  it('reports progress, stops, and refuses bad input by code', async () => {
    const code = (options: Partial<FewShotEpisodesOptions>) =>
      fewShotEpisodes({ gallery, ways: 3, shots: 1, queriesPerClass: 2, episodes: 4, ...options }).then(
        () => 'no error',
        (error) => (error instanceof NearkinError ? error.code : error),
      );
    const done: number[] = [];
    expect(await code({ onProgress: (progress) => done.push(progress.done) })).toBe('no error');
    expect(done).toEqual([1, 2, 3, 4]);
    expect(await code({ signal: AbortSignal.abort() })).toBe('ABORTED');
    expect(await code({ ways: 10 })).toBe('TOO_FEW_CLASSES');
    expect(await code({ shots: 9 })).toBe('TOO_FEW_CLASSES');
    expect(await code({ ways: 0 })).toBe('INVALID_ARGUMENT');
    expect(await code({ episodes: 0 })).toBe('INVALID_ARGUMENT');
    expect(await code({ rule: 'mean' as 'max' })).toBe('INVALID_ARGUMENT');
    expect(await code({ gallery: { ...gallery, labels: ['a'] } })).toBe('INVALID_ARGUMENT');
    const queries = labelled([[1], [2], [3], [4]], [0, 1, 2, 3]);
    expect(await code({ queries, queriesPerClass: 1 })).toBe('DIMENSION_MISMATCH');
  });
});
