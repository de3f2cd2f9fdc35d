import { createVectors } from '@nearkin/core';
import { exactTopK } from '@nearkin/kernels';
import { expect, it } from 'vitest';
import { textLikeData } from '../data/text-like.js';
import { plainLoop } from '../systems/plain-loop.js';
import type { Built } from '../systems/system.js';
import { fastestAt, median, recallOf, sweep } from './sweep.js';

it('counts the share of the true rows that was found, however they are ordered', async () => {
  const rows = createVectors(new Float32Array([1, 0, 0.9, 0.1, 0, 1]), 2);
  const truth = await exactTopK({ queries: rows, rows, k: 2, metric: 'dot' });
  expect([...truth.rows]).toEqual([0, 1, 0, 1, 2, 1]);
  expect(
    recallOf(
      [
        [1, 0],
        [0, 2],
        [2, 1],
      ],
      { truth, k: 2 },
    ),
  ).toBeCloseTo(5 / 6);
});

it('takes the fastest point that reaches the recall, or none', () => {
  const point = (recall: number, qps: number) => ({ setting: '', recall, qps, wallQps: qps, rounds: [] });
  const points = [point(0.89, 900), point(0.91, 500), point(0.93, 600)];
  expect(fastestAt(points, 0.9)?.qps).toBe(600);
  expect(fastestAt(points, 0.95)).toBeUndefined();
});

it('takes the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it('alternates the systems and asks a plain loop to full recall', async () => {
  const data = textLikeData({ name: 'small', count: 300, queries: 20 });
  const truth = await exactTopK({ queries: data.queries, rows: data.rows, k: 10, metric: data.metric });
  const order: string[] = [];
  const spy = async (name: string): Promise<{ name: string; built: Built }> => {
    const built = (await plainLoop.build(data))!;
    return { name, built: { ...built, use: () => order.push(name) } };
  };
  const points = await sweep([await spy('a'), await spy('b')], { data, truth, rounds: 2 });
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(points.get('a')).toMatchObject([{ recall: 1, setting: 'exact' }]);
  expect(points.get('b')![0]!.rounds).toHaveLength(2);
});
