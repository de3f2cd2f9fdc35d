import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { baseModelWalk } from './base-model-walk.js';
import { cameraWalk } from './camera-walk.js';
import { dropsWalk } from './drops-walk.js';
import { exploreWalk } from './explore-walk.js';
import { guardWalk } from './guard-walk.js';
import { libraryWalk } from './library-walk.js';
import { looksWalk } from './looks-walk.js';
import { missingWalk } from './missing-walk.js';
import { modelsWalk } from './models-walk.js';
import { offlineWalk } from './offline-walk.js';
import { storageWalk } from './storage-walk.js';
import { teachWalk } from './teach-walk.js';
import { beginTour, type Tour } from './tour.js';

// A browser on a machine that has other work: whatever waits for a page may wait longer than one step of it.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let begun: Tour;
const tour = () => begun;

beforeAll(async () => {
  begun = await beginTour();
}, 900_000);
afterAll(() => begun?.end());

// Each in profiles of its own, so that any can be run alone: `pnpm test:demo -t models`.
describe('albums and answers', () => teachWalk(tour));
describe('camera', () => cameraWalk(tour));
describe('models', () => modelsWalk(tour));
describe('storage', () => storageWalk(tour));
describe('what is missing', () => missingWalk(tour));
describe('what files may not do', () => guardWalk(tour));
describe('search, map, inspect', () => exploreWalk(tour));
describe('drops', () => dropsWalk(tour));
describe('looks and access', () => looksWalk(tour));
describe('offline', () => offlineWalk(tour));
// Minutes of looking at pictures, for `pnpm test:demo`; the others run with all tests.
if (process.env['NEARKIN_DEMO']) {
  describe('base models', () => baseModelWalk(tour));
  describe('a library of thousands', () => libraryWalk(tour));
}

it('has asked nobody but its own server, and met no error', () => {
  expect(tour().site.strangers).toEqual([]);
  expect(tour().site.errors).toEqual([]);
});
