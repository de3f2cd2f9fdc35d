import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisesOf } from '../docs/samples/promises-of.mjs';
import { createConsumer, run } from './consumer.mjs';
import { readPage } from './read-page.mjs';

const pages = [
  'start/classifier-node',
  'start/evaluate',
  'start/text-to-image',
  'start/train',
  'tutorials/products',
  'tutorials/unknown',
  'tutorials/photos-by-words',
  'tutorials/serve',
  'tutorials/phone',
  'tutorials/from-knn-classifier',
  'concepts/dot-product',
  'concepts/retrieval-layers',
  'concepts/splits',
];

/**
 * Each page in an empty folder: what it says is installed, nothing else; its programs print what it says.
 *
 * @param {string[]} only these pages; all if there are none
 */
export function followPages(packed, made, only) {
  const seconds = {};
  const followed = only.length > 0 ? only : pages;
  for (const page of followed) {
    const { packages, programs } = readPage(page);
    assert.ok(packages.length > 0, `${page} does not say what to install`);
    assert.ok(programs.size > 0, `${page} has no program`);
    const started = performance.now();
    const strangers = packages.filter((name) => !packed.has(name));
    const folder = createConsumer(packed, {
      name: `page-${page.replace('/', '-')}`,
      needs: packages.filter((name) => packed.has(name)),
      dependencies: Object.fromEntries(strangers.map((name) => [name, 'latest'])),
    });
    made(folder);
    for (const [name, program] of programs) {
      writeFileSync(join(folder, name), program);
      const printed = run(folder, process.execPath, [name]).trimEnd().split('\n');
      assert.deepEqual(
        printed.map((line) => line.trim()),
        promisesOf(program),
        `${page}: ${name}`,
      );
    }
    seconds[page] = Math.round((performance.now() - started) / 1000);
    console.log(`  ${page}: ${seconds[page]} s from an empty folder`);
  }
  const first = seconds['start/classifier-node'];
  return `${followed.length} pages${first ? `; the first picture is classified after ${first} s` : ''}`;
}
