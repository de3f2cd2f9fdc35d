// Draws the sample albums: one emoji a class, Noto's drawing for the gallery, Twemoji's for the queries.
// Plain Node, no build: `node samples/prepare.mjs [FOLDER]`. Nothing happens when the albums are up to date.
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const sources = ['@svgmoji/noto', '@twemoji/svg', 'emojibase-data', 'sharp'];

/** Side of a picture in pixels. */
const size = 96;
/** Of the emoji that both vendors drew, in emojibase's order, every fifth becomes a class. */
const step = 5;
/** Change it when the rule or the drawing changes, so that old albums are drawn again. */
const recipe = 1;

/**
 * Brings the albums up to date.
 *
 * @param {string} [folder] where they go: `gallery/<label>/noto.png`, `queries/<label>/twemoji.png`
 * @returns {Promise<{ folder: string, classes: number, drawn: boolean, seconds: number }>}
 */
export async function prepareAlbums(folder = join(here, 'albums')) {
  const started = performance.now();
  const versions = Object.fromEntries(await Promise.all(sources.map(async (name) => [name, await versionOf(name)])));
  const stamp = JSON.stringify({ recipe, size, step, versions });
  const known = await readStamp(folder);
  const seconds = () => (performance.now() - started) / 1000;
  if (known?.stamp === stamp) return { folder, classes: known.classes, drawn: false, seconds: seconds() };

  const noto = await readNoto();
  const classes = await chooseClasses(noto);
  const temporary = `${folder}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await drawAll(classes, noto, temporary);
    await copyFile(join(here, 'ATTRIBUTION.md'), join(temporary, 'ATTRIBUTION.md'));
    await writeFile(join(temporary, 'stamp.json'), JSON.stringify({ stamp, classes: classes.length }));
    await replaceFolder(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return { folder, classes: classes.length, drawn: true, seconds: seconds() };
}

/**
 * The rule: emojibase's emoji in its order; without skin tones (they are not in the top list), without components and
 * flags (the rest of their name is a place, the drawing a rectangle); only where both vendors drew it and where the
 * name can be a folder's on every system; of these every fifth.
 */
async function chooseClasses(noto) {
  const list = JSON.parse(await readFile(require.resolve('emojibase-data/en/data.json'), 'utf8'));
  const twemojiFolder = dirname(require.resolve('@twemoji/svg/package.json'));
  const twemoji = new Set(await readdir(twemojiFolder));
  const [components, flags] = [2, 9];
  return list
    .filter(({ group }) => group !== undefined && group !== components && group !== flags)
    .sort((a, b) => a.order - b.order)
    .map(({ label, hexcode }) => ({ label, hexcode, twemoji: twemojiName(hexcode, twemoji) }))
    .filter(
      ({ label, hexcode, twemoji: file }) => file && noto.has(hexcode) && /^[\p{L}\p{N}][^<>:"/\\|?*]*$/u.test(label),
    )
    .filter((_, i) => i % step === 0)
    .map(({ label, hexcode, twemoji: file }) => ({ label, hexcode, twemoji: join(twemojiFolder, file) }));
}

/** Twemoji's files are lower case, without leading zeros, and mostly without the variation selector. */
function twemojiName(hexcode, files) {
  const parts = hexcode
    .toLowerCase()
    .split('-')
    .map((part) => part.replace(/^0+/, ''));
  const names = [parts, parts.filter((part) => part !== 'fe0f')].map((name) => `${name.join('-')}.svg`);
  return names.find((name) => files.has(name));
}

/** Noto comes as one sprite: nested `<svg id="HEXCODE">` elements, each complete in itself. */
async function readNoto() {
  const folder = dirname(require.resolve('@svgmoji/noto/package.json'));
  const sprite = await readFile(join(folder, 'sprites', 'all.svg'), 'utf8');
  const drawings = new Map();
  const tags = /<(\/?)svg\b([^>]*)>/g;
  tags.exec(sprite); // the sprite's own
  let depth = 0;
  let start = 0;
  let id;
  for (let tag = tags.exec(sprite); tag; tag = tags.exec(sprite)) {
    if (!tag[1] && depth++ === 0) {
      start = tag.index;
      id = /\bid="([^"]+)"/.exec(tag[2])?.[1];
    } else if (tag[1] && --depth === 0 && id) drawings.set(id, standalone(sprite.slice(start, tags.lastIndex)));
  }
  return drawings;
}

/** The sprite declares the xlink prefix for all its drawings. */
function standalone(svg) {
  return svg.includes('xmlns:xlink') ? svg : svg.replace('<svg', '<svg xmlns:xlink="http://www.w3.org/1999/xlink"');
}

async function drawAll(classes, noto, folder) {
  const jobs = classes.flatMap(({ label, hexcode, twemoji }) => [
    { path: join(folder, 'gallery', label, 'noto.png'), svg: () => Buffer.from(noto.get(hexcode)) },
    { path: join(folder, 'queries', label, 'twemoji.png'), svg: () => readFile(twemoji) },
  ]);
  let next = 0;
  const worker = async () => {
    for (let job = jobs[next++]; job; job = jobs[next++]) {
      await mkdir(dirname(job.path), { recursive: true });
      await writeFile(job.path, await rasterise(await job.svg()));
    }
  };
  // All workers must have stopped before a failure is passed on: it removes their folder.
  const results = await Promise.allSettled(Array.from({ length: availableParallelism() + 1 }, worker));
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

async function rasterise(svg) {
  // librsvg draws at 72 dpi; Twemoji's box is 36 units, Noto's 128: ask for enough of both.
  return sharp(svg, { density: 192 })
    .resize(size, size, { fit: 'contain', background: '#fff' })
    .flatten({ background: '#fff' })
    .png({ compressionLevel: 6 })
    .toBuffer();
}

/** The old albums stay until the new ones are complete. */
async function replaceFolder(from, to) {
  const old = `${from}.old`;
  const hadOld = await rename(to, old).then(
    () => true,
    () => false,
  );
  await rename(from, to);
  if (hadOld) await rm(old, { recursive: true, force: true });
}

async function readStamp(folder) {
  try {
    await Promise.all(['gallery', 'queries', 'ATTRIBUTION.md'].map((name) => stat(join(folder, name))));
    return JSON.parse(await readFile(join(folder, 'stamp.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

async function versionOf(name) {
  // Not every package lets its package.json be resolved: look beside this one.
  const file = join(here, 'node_modules', name, 'package.json');
  return JSON.parse(await readFile(file, 'utf8')).version;
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const { folder, classes, drawn, seconds } = await prepareAlbums(process.argv[2] && resolve(process.argv[2]));
  const what = drawn
    ? `Drew ${classes * 2} pictures of ${classes} emoji`
    : `${classes * 2} pictures of ${classes} emoji are there`;
  console.log(`${what} in ${folder} (${seconds.toFixed(1)} s)`);
}
