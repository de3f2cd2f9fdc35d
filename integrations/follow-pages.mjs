import { strict as assert } from 'node:assert';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisesOf } from '../docs/samples/promises-of.mjs';
import { createConsumer, run } from './consumer.mjs';
import { followCommands } from './follow-commands.mjs';
import { readCommands } from './read-commands.mjs';
import { readPage } from './read-page.mjs';

const pages = [
  'start/classifier-node',
  'start/evaluate',
  'start/text-to-image',
  'start/train',
  'tutorials/products',
  'tutorials/unknown',
  'tutorials/photos-by-words',
  'tutorials/train-on-albums',
  'tutorials/serve',
  'tutorials/phone',
  'tutorials/from-knn-classifier',
  'concepts/dot-product',
  'concepts/retrieval-layers',
  'concepts/splits',
];

/** Pages with command lines and no program of their own, and the pages whose drawings stand for what they are about. */
const commandPages = {
  'docs/index': ['start/index'],
  'docs/tutorials/from-teachable-machine': ['start/index'],
  README: ['start/index', 'start/text-to-image'],
  'packages/cli/README': ['start/index'],
  'packages/starter/README': ['start/text-to-image'],
};

/**
 * Each page in an empty folder: what it says is installed, nothing else; its programs print what it says, and so do its
 * command lines. A page that fails does not hide what is wrong with the next.
 *
 * @param {string[]} options.only these pages; all if there are none
 * @param {boolean} options.once installs everything once for all pages: quicker, and blind to what a page forgets
 */
export function followPages(packed, made, { only, once }) {
  const followed = only.length > 0 ? only : [...pages, ...Object.keys(commandPages)];
  const done = [];
  const faults = [];
  const shared = once ? installAll(packed, made) : undefined;
  for (const page of followed)
    try {
      const result = followPage(page, { packed, made, shared });
      done.push(result);
      console.log(`  ${page}: ${result.seconds} s from an empty folder, ${result.lines} command lines`);
    } catch (error) {
      faults.push(`${page}: ${error.message}`);
      console.error(`  ${page}: ${error.message}`);
    }
  for (const { left } of done) for (const line of left) console.log(`  not run: ${line}`);
  if (faults.length > 0) throw new Error(`${faults.length} of ${followed.length} pages do not work`);
  const lines = done.reduce((sum, page) => sum + page.lines, 0);
  const first = done.find(({ page }) => page === 'start/classifier-node');
  return `${done.length} pages, ${lines} command lines${first ? `; the first picture is classified after ${first.seconds} s` : ''}`;
}

function followPage(page, { packed, made, shared }) {
  const started = performance.now();
  const { packages, programs } = commandPages[page] ? drawingsOf(commandPages[page]) : readPage(page);
  const commands = readCommands(`${commandPages[page] ? page : `docs/${page}`}.md`);
  assert.ok(packages.length > 0, 'does not say what to install');
  assert.ok(programs.size > 0, 'has no program');
  const strangers = packages.filter((name) => !packed.has(name));
  const needs = packages.filter((name) => packed.has(name));
  const name = `page-${page.replaceAll('/', '-')}`;
  const folder = shared
    ? join(shared, name)
    : createConsumer(packed, {
        name,
        needs: commands.length > 0 ? [...needs, 'nearkin'] : needs,
        dependencies: Object.fromEntries(strangers.map((stranger) => [stranger, 'latest'])),
      });
  if (shared) mkdirSync(folder);
  else made(folder);
  for (const [name, program] of programs) {
    writeFileSync(join(folder, name), program);
    const printed = run(folder, process.execPath, [name]).trimEnd().split('\n');
    assert.deepEqual(
      printed.map((line) => line.trim()),
      promisesOf(program),
      name,
    );
  }
  // A reader's own albums have more than the one picture of each that is drawn.
  if (page.endsWith('README')) rmSync(join(folder, 'albums'), { recursive: true, force: true });
  const left = followCommands(folder, commands, page);
  return {
    page,
    left,
    lines: commands.length - left.length,
    seconds: Math.round((performance.now() - started) / 1000),
  };
}

function installAll(packed, made) {
  const everything = [...pages.map((page) => readPage(page)), drawingsOf([])].flatMap(({ packages }) => packages);
  const strangers = [...new Set(everything)].filter((name) => !packed.has(name));
  const folder = createConsumer(packed, {
    name: 'all-pages',
    needs: [...packed.keys()],
    dependencies: Object.fromEntries(strangers.map((name) => [name, 'latest'])),
  });
  made(folder);
  return folder;
}

/** The programs that draw what is shown on some pages, with what they need. */
function drawingsOf(names) {
  const programs = names.flatMap((name) => [...readPage(name).programs].filter(([file]) => file.startsWith('draw-')));
  return { packages: ['sharp', '@twemoji/svg'], programs: new Map(programs) };
}
