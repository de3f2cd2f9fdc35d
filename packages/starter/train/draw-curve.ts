// Measures the weights that a run kept on its way, on the vendor and the emoji it did not see, and draws the curve.
//   pnpm run curve --run FOLDER --data FOLDER
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadEmojiData } from './emoji-data.js';
import { drawingRows, textToDrawing } from './measure.js';
import { encoderOfRun, startBackend } from './open-run.js';
import { starterLayers } from './starter-layers.js';

const { values: flags } = parseArgs({
  options: {
    run: { type: 'string' },
    data: { type: 'string', default: '../../../shared/data/emoji' },
    layers: { type: 'string', default: starterLayers },
    out: { type: 'string', default: 'train/results' },
  },
});
await startBackend();
const data = await loadEmojiData(flags.data);
const all = data.emoji.map((_, i) => i);
const trained = all.filter((i) => !data.heldOut[i]);
const heldOut = all.filter((i) => data.heldOut[i]);
const log = (await readFile(join(flags.run!, 'log.jsonl'), 'utf8'))
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line));
const steps = log.filter(({ loss }) => loss !== undefined);
const minutesOf = (step: number) => steps.findLast((line) => line.step <= step)?.minutes ?? 0;

const files = (await readdir(flags.run!)).filter((name) => /^weights-(\d+|final)\.safetensors$/.test(name)).sort();
const points: { step: number; minutes: number; name1: number; name10: number; keywords10: number; unseen10: number }[] =
  [];
for (const file of files) {
  const step = Number(/\d+/.exec(file)?.[0] ?? log.at(-1).step);
  const encoder = await encoderOfRun(join(flags.run!, file), data, { layers: flags.layers });
  const drawings = await drawingRows(encoder.image, data, 'openmoji');
  const ask = (queries: readonly number[], gallery: readonly number[]) =>
    textToDrawing(encoder.text, drawings, { data, queries, gallery, allLanguages: false });
  const { name1, name10, keywords10 } = await ask(trained, all);
  const { name10: unseen10 } = await ask(heldOut, heldOut);
  points.push({ step, minutes: minutesOf(step), name1, name10, keywords10, unseen10 });
  encoder.dispose();
}
await writeFile(join(flags.out, 'curve.json'), `${JSON.stringify(points, null, 2)}\n`);
await writeFile(join(flags.out, 'curve.svg'), draw());
console.log(JSON.stringify(points.at(-1)));
process.exit();

function draw(): string {
  const [width, height, left, right, top, bottom] = [640, 360, 44, 150, 16, 40];
  const last = Math.max(...points.map(({ minutes }) => minutes));
  const x = (minutes: number) => (left + ((width - left - right) * minutes) / last).toFixed(1);
  const y = (percent: number) => (height - bottom - ((height - top - bottom) * percent) / 100).toFixed(1);
  const lines = [
    ['name1', 'name, R@1', '#1b6ac9'],
    ['name10', 'name, R@10', '#c2410c'],
    ['keywords10', 'keywords, R@10', '#15803d'],
    ['unseen10', 'held-out emoji, R@10', '#7e22ce'],
  ] as const;
  const grid = [0, 20, 40, 60, 80, 100].map(
    (value) =>
      `<line x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/><text x="${left - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${value}</text>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(share * last)}" y="${height - bottom + 18}" text-anchor="middle">${Math.round(share * last)}</text>`,
  );
  const curves = lines.map(([key, label, colour]) => {
    const path = points.map((point) => `${x(point.minutes)},${y(point[key])}`).join(' ');
    const end = points.at(-1)!;
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/><text x="${Number(x(end.minutes)) + 6}" y="${Number(y(end[key])) + 4}" fill="${colour}">${label}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#333">
<title>Texts that find their OpenMoji drawing, % over minutes of training</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${[...grid, ...ticks, ...curves].join('\n')}
<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">minutes of training</text>
</svg>
`;
}
