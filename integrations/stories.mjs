import { strict as assert } from 'node:assert';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisesOf } from '../docs/samples/promises-of.mjs';
import { stories as programs } from '../docs/samples/stories.mjs';
import { createConsumer, run, tfjs } from './consumer.mjs';
import { openPage } from './open-page.mjs';

const samples = fileURLToPath(new URL('../docs/samples/', import.meta.url));
const sharp = '0.35.5';
const light = ['@nearkin/core', '@nearkin/searcher', '@nearkin/evaluation'];
const heavy = [...light, '@nearkin/embedders', '@nearkin/retrieval'];

/** One clean folder each. A story gets the tarballs, says which folders it made, and answers in a few words. */
export const stories = {
  /** Every program of the site, in plain Node, prints there what the pages say. */
  site(packed, made) {
    const folder = createConsumer(packed, {
      name: 'site',
      needs: [...heavy, '@nearkin/training', '@nearkin/tflite', '@nearkin/starter'],
      dependencies: { ...tfjs, '@tensorflow/tfjs': '4.22.0', '@twemoji/svg': '15.0.0', sharp },
    });
    made(folder);
    for (const name of programs) {
      cpSync(join(samples, name), join(folder, name));
      const printed = run(folder, process.execPath, [name]).trimEnd().split('\n');
      assert.deepEqual(
        printed.map((line) => line.trim()),
        promisesOf(readFileSync(join(folder, name), 'utf8')),
        name,
      );
    }
    return `${programs.length} programs print what the pages say`;
  },

  /** `require()` of the ES modules, which Node can since 20.19. */
  cjs(packed, made) {
    const folder = createConsumer(packed, {
      name: 'cjs',
      needs: heavy,
      dependencies: { ...tfjs, sharp },
      type: 'commonjs',
    });
    made(folder);
    return run(folder, process.execPath, ['main.cjs']).trim();
  },

  /** A search in a worker thread. */
  worker(packed, made) {
    const folder = createConsumer(packed, { name: 'worker', needs: light });
    made(folder);
    assert.equal(existsSync(join(folder, 'node_modules/@tensorflow')), false, 'the searcher must not bring tfjs');
    return run(folder, process.execPath, ['main.mjs']).trim();
  },

  /** A page bundled by Vite: a classifier in the page, a search in a module worker. */
  async vite(packed, made) {
    const folder = createConsumer(packed, {
      name: 'vite',
      needs: heavy,
      dependencies: { ...tfjs, vite: '7.3.8' },
    });
    made(folder);
    run(folder, 'npx', ['vite', 'build', '--logLevel', 'warn']);
    return openPage(join(folder, 'dist'));
  },

  /** Strict TypeScript under both resolutions. */
  typescript(packed, made) {
    const folder = createConsumer(packed, {
      name: 'typescript',
      needs: [...heavy, '@nearkin/training', '@nearkin/tflite', '@nearkin/starter', '@nearkin/kernels'],
      dependencies: { ...tfjs, '@tensorflow/tfjs': '4.22.0', typescript: '5.9.3', '@types/node': '^20.19.0' },
    });
    made(folder);
    for (const resolution of ['nodenext', 'bundler']) run(folder, 'npx', ['tsc', '-p', `tsconfig.${resolution}.json`]);
    return 'nodenext and bundler, strict';
  },

  /** The command line, installed like any other package. */
  cli(packed, made) {
    const folder = createConsumer(packed, { name: 'cli', needs: ['nearkin'], dependencies: { sharp } });
    made(folder);
    cpSync(join(samples, 'draw-shop.mjs'), join(folder, 'draw-shop.mjs'));
    run(folder, process.execPath, ['draw-shop.mjs']);
    const nearkin = (...args) => run(folder, 'npx', ['nearkin', ...args]);
    nearkin('build', 'albums', '-o', 'model');
    const [{ predictions }] = JSON.parse(nearkin('classify', 'model', 'photos/oat milk/3.png', '--json'));
    assert.equal(predictions[0].label, 'oat milk');
    const { top1 } = JSON.parse(nearkin('eval', 'model', 'photos', '--json'));
    nearkin('index', 'photos', '-o', 'photos.nearkin');
    const [found] = JSON.parse(
      nearkin('search', 'photos.nearkin', '--image', 'albums/oat milk/front.png', '-k', '1', '--json'),
    );
    assert.match(found.id, /^oat milk\//);
    return `oat milk recognised, ${top1.correct} of ${top1.total}`;
  },
};
