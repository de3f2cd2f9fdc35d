// The main job, on real pictures: a classifier from one drawing per class, tried on drawings of another artist. Then the
// demo, in a browser. `--no-open` opens no window, `--demo` leaves out the first part.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildDemo, showDemo } from './demo.mjs';
import { pnpm, root } from './pnpm.mjs';

const program = join(root, 'packages/cli/dist/main.js');
const gallery = join('samples', 'albums', 'gallery');
const queries = join('samples', 'albums', 'queries');
const model = join('out', 'emoji');
const report = join('out', 'emoji-report.html');
const bundle = join('out', 'emoji-search');
/** Names it learned, in two languages, and a description, which is hard for so small an encoder. */
const questions = ['a cat with heart eyes', 'eine Spinne', 'something yellow and sour'];
const sheet = (number) => join('out', `emoji-found-${number}.html`);

const flags = process.argv.slice(2);

function step(text, run) {
  console.log(`\n${text}`);
  if (run()) return;
  console.error('\nThat failed. Run it again for more, or see CONTRIBUTING.md.');
  process.exit(1);
}

function node(...args) {
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (signal === 'SIGINT' || signal === 'SIGTERM') process.exit(130);
  return status === 0;
}
const nearkin = (...args) => {
  console.log(`\n$ nearkin ${args.map((arg) => (/\s/.test(arg) ? `"${arg}"` : arg)).join(' ')}`);
  return node(program, ...args);
};

step('Installing what nearkin needs …', () =>
  pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { quiet: true }),
);
if (!flags.includes('--demo')) story();
step('Building the demo …', buildDemo);
// Whoever runs this in a script waits for its end; `--no-open` asks for the page without a window.
const isWatched = process.stdout.isTTY === true || flags.includes('--no-open');
const isOver = await showDemo({
  stay: isWatched && !process.env.CI,
  open: process.stdout.isTTY === true && !flags.includes('--no-open'),
});
process.exit(isOver ? 0 : 1);

function story() {
  step('Building …', () =>
    pnpm(['exec', 'turbo', 'run', 'build', '--filter=nearkin...'], { quiet: true, env: { NEARKIN_DTS: 'off' } }),
  );
  step('Drawing the sample albums …', () => node('samples/prepare.mjs'));

  step('1. A classifier from one picture per class: computed, not trained.', () =>
    nearkin('build', gallery, '-o', model),
  );
  step('2. Pictures it has never seen, by another artist.', () =>
    nearkin('classify', model, ...somePictures(), '-k', '3'),
  );
  step('3. How often is it right?', () => nearkin('eval', model, queries, '--report', report));
  step('4. The same drawings, searchable: index, encoder and thumbnails in one folder.', () =>
    nearkin('index', gallery, '-o', bundle, '--labels'),
  );
  step('5. Asked in words. The third is a description, which is much to ask of an encoder of 3 MB.', () =>
    questions.every((words, i) => nearkin('search', bundle, words, '-k', '5', '--html', sheet(i + 1))),
  );

  console.log(`
Look at its mistakes:    open ${report}
and at what was found:   open ${questions.map((_, i) => sheet(i + 1)).join(' ')}
Your own pictures:       put them into one folder per class, then

  node packages/cli/dist/main.js build MY-ALBUMS -o MY-MODEL
  node packages/cli/dist/main.js classify MY-MODEL PICTURE.jpg
  node packages/cli/dist/main.js index MY-PHOTOS -o MY-SEARCH
  node packages/cli/dist/main.js search MY-SEARCH "words" --html found.html

Photos deserve a learned embedder: add  --embedder URL-OR-FOLDER-OF-model.json  (README.md, "Which embedder?").`);
}

/** One picture of every so many classes, by rule, not picked for looking good. */
function somePictures() {
  const classes = existsSync(join(root, queries)) ? readdirSync(join(root, queries)).sort() : [];
  const every = Math.max(1, Math.floor(classes.length / 5));
  return classes
    .filter((_, i) => i % every === 0)
    .slice(0, 5)
    .map((name) => join(queries, name, readdirSync(join(root, queries, name)).sort()[0]));
}
