import { pictureLikeData } from '../data/picture-like.js';
import { realFeatures } from '../data/real-features.js';
import { textLikeData } from '../data/text-like.js';
import { hnswlib } from '../systems/hnswlib.js';
import { nearkin } from '../systems/nearkin.js';
import { plainLoop } from '../systems/plain-loop.js';
import type { System } from '../systems/system.js';
import { tfjsScan } from '../systems/tfjs-scan.js';
import { usearch } from '../systems/usearch.js';
import { chromium } from './chromium.js';
import { filtered } from './filtered.js';
import { fixedCost } from './fixed-cost.js';
import { growth } from './growth.js';
import { memoryScan } from './memory-scan.js';
import { recallCurve } from './recall-curve.js';
import { staticHost } from './static-host.js';
import type { AnyTask } from './task.js';
import { twoWorkers } from './two-workers.js';

const partitioned = { kind: 'partitioned', codes: 'pq4' } as const;
const ours = () => [
  nearkin('pq4 + int8 rows', { ...partitioned, reorder: 'int8' }),
  nearkin('pq4 + bf16 rows', { ...partitioned, reorder: 'bf16' }),
  nearkin('pq4 + float32 rows', { ...partitioned, reorder: 'float32' }),
  nearkin('pq4 alone', { ...partitioned, reorder: 'none' }),
  nearkin('int8 partitions', { kind: 'partitioned', codes: 'int8', reorder: 'none' }),
];
const exact = () => [nearkin('flatInt8', { kind: 'flatInt8' }), nearkin('flat', { kind: 'flat' })];
const present = (systems: readonly (System | undefined)[]) => systems.filter((system) => system !== undefined);

/** Every part, in the order of the report. */
export const tasks: readonly AnyTask[] = [
  recallCurve('text-123k', {
    data: (quick) => textLikeData({ name: 'text-123k', count: quick ? 12_000 : 123_287, queries: quick ? 200 : 1000 }),
    systems: async () => present([...ours(), ...exact(), hnswlib(), usearch(), tfjsScan, plainLoop]),
  }),
  recallCurve('text-1m', {
    data: (quick) => textLikeData({ name: 'text-1m', count: quick ? 20_000 : 1_000_000, queries: quick ? 200 : 1000 }),
    systems: async () => present([...ours().slice(0, 2), hnswlib(), usearch(), plainLoop]),
  }),
  recallCurve('pictures-60k', {
    data: (quick) => pictureLikeData({ name: 'pictures-60k', count: quick ? 5000 : 60_000 }),
    systems: async () => present([...ours().slice(0, 2), ...exact(), hnswlib(), usearch(), plainLoop]),
  }),
  ...realFeatures().map((data) =>
    recallCurve(data.name, {
      data: () => data,
      systems: async () => present([...exact(), hnswlib(), usearch(), tfjsScan, plainLoop]),
    }),
  ),
  fixedCost,
  twoWorkers,
  filtered,
  staticHost,
  growth,
  memoryScan,
  chromium,
];
