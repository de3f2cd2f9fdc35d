// #region sample
// Draws badges into badges/NAME/1.png … 6.png. What makes a badge is its two
// signs and where they stand; its colours, size and turn are different each time.
import { mkdir } from 'node:fs/promises';
import sharp from 'sharp';

const signs = {
  dot: '<circle r="11"/>',
  ring: '<circle r="9" fill="none" stroke="currentColor" stroke-width="5"/>',
  bar: '<rect x="-13" y="-4" width="26" height="8"/>',
  cross: '<path d="M-12-4h8v-8h8v8h8v8h-8v8h-8v-8h-8z"/>',
  peak: '<path d="M-12 10L0-12L12 10z"/>',
  box: '<rect x="-10" y="-10" width="20" height="20"/>',
};
const places = { beside: [-16, 0, 16, 0], above: [0, -16, 0, 16] };

let state = 7;
/** The same numbers on every machine. */
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

function draw(first, second, [x, y, u, v]) {
  const hue = Math.floor(360 * random());
  const size = 1 + 0.25 * random();
  const turn = 24 * random() - 12;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="-48 -48 96 96">
    <rect x="-48" y="-48" width="96" height="96" fill="hsl(${hue} 40% 88%)"/>
    <g transform="rotate(${turn}) scale(${size})" fill="currentColor" color="hsl(${hue + 90 + 180 * random()} 60% 35%)">
      <g transform="translate(${x} ${y})">${signs[first]}</g>
      <g transform="translate(${u} ${v})">${signs[second]}</g>
    </g></svg>`;
}

let kinds = 0;
for (const first of Object.keys(signs))
  for (const second of Object.keys(signs))
    for (const [how, place] of Object.entries(places)) {
      if (first >= second) continue;
      const folder = `badges/${first} ${how} ${second}`;
      await mkdir(folder, { recursive: true });
      for (let i = 1; i <= 6; i++) {
        const svg = Buffer.from(draw(first, second, place));
        await sharp(svg).png().toFile(`${folder}/${i}.png`);
      }
      kinds++;
    }
console.log(`${kinds} badges`); // 30 badges
// #endregion sample
