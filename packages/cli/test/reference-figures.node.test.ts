import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeGallery } from '@nearkin/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithData } from '../../../testing/shared-data.js';
import { photoFeatures } from '../../evaluation/test/photo-features.js';
import { runJson } from './run-in-process.js';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin-figures-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

describeWithData('eval-embedder on MobileNetV2 features of real photos', ['features'], ([features]) => {
  const features_ = async (set: string, role: string) => {
    const file = join(root, `${set} ${role}.safetensors`);
    await writeFile(file, writeGallery(photoFeatures(features!, { set, role })));
    return file;
  };

  it('prints the leave-one-out figures of the grocery and clothing photos', async () => {
    const grocery = await runJson(['eval-embedder', await features_('grocery', 'query'), '--episodes', 'none']);
    expect(grocery.json.retrieval.apAtR * 100).toBeCloseTo(44.7, 1);
    expect(grocery.json.retrieval.rPrecision * 100).toBeCloseTo(51.2, 1);
    const clothing = await runJson(['eval-embedder', await features_('clothing', 'query'), '--episodes', 'none']);
    expect(clothing.json.retrieval.apAtR * 100).toBeCloseTo(30.3, 1);
    expect(clothing.json.retrieval.rPrecision * 100).toBeCloseTo(42.6, 1);
    expect(clothing.json.retrieval['hitRate@1'] * 100).toBeCloseTo(64.4, 1);
  });

  it('prints the few-shot figures of the grocery photos within their intervals', async () => {
    const sides = [await features_('grocery', 'query'), '--gallery', await features_('grocery', 'index')];
    const args = ['eval-embedder', ...sides, '--queries-per-class', '3', '--distance', 'cosine'];
    const max = await runJson([...args, '--episodes', '5x1,5x5,20x1']);
    const prototype = await runJson([...args, '--episodes', '5x5', '--rule', 'prototype']);
    const runs = [...max.json.episodes, ...prototype.json.episodes];
    const published = [78.7, 86.3, 52.0, 87.2];
    expect(runs).toHaveLength(published.length);
    runs.forEach(({ mean, halfWidth95 }, i) => {
      // Two independent draws of 600 episodes: their difference has sqrt(2) times the half width of one.
      expect(Math.abs(mean * 100 - published[i]!)).toBeLessThan(Math.SQRT2 * halfWidth95 * 100);
    });
    expect(runs[0].halfWidth95 * 100).toBeCloseTo(1.1, 1);
    expect(runs[2].halfWidth95 * 100).toBeCloseTo(0.6, 1);
  });
});
