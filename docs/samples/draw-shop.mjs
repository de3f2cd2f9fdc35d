// #region sample
// Draws a small shop: albums/NAME/front.png, one clean picture of each product;
// photos/NAME/1.png … 4.png, the same products tilted, smaller, on other tables
// and in other light; strangers/NAME/1.png, products that have no album.
import { mkdir } from 'node:fs/promises';
import sharp from 'sharp';

const shop = {
  'apple juice': [
    '#7cb518',
    '#f5f0e1',
    '<circle cx="60" cy="78" r="22" fill="#d62828"/>',
  ],
  'black tea': [
    '#1d3557',
    '#e9c46a',
    '<path d="M35 95Q60 40 85 95Z" fill="#e9c46a"/>',
  ],
  'corn flakes': [
    '#ffba08',
    '#d00000',
    '<circle cx="50" cy="70" r="13" fill="#fff"/><circle cx="72" cy="90" r="13" fill="#fff"/>',
  ],
  'hand soap': [
    '#caf0f8',
    '#0077b6',
    '<ellipse cx="60" cy="82" rx="27" ry="17" fill="#0077b6"/>',
  ],
  'oat milk': [
    '#faedcd',
    '#6f4518',
    '<path d="M60 52v56M42 70h36M46 90h28" stroke="#6f4518" stroke-width="8"/>',
  ],
  'tomato soup': [
    '#c1121f',
    '#ffffff',
    '<circle cx="60" cy="82" r="25" fill="#fff"/><circle cx="60" cy="82" r="15" fill="#c1121f"/>',
  ],
};
const strangers = {
  'blue paint': [
    '#4361ee',
    '#3a0ca3',
    '<path d="M36 60h48v44H36Z" fill="#3a0ca3"/>',
  ],
  'grape soda': [
    '#7b2cbf',
    '#e0aaff',
    '<path d="M60 56L86 104H34Z" fill="#e0aaff"/>',
  ],
  'mint gum': [
    '#d8f3dc',
    '#2d6a4f',
    '<path d="M30 100L90 60" stroke="#2d6a4f" stroke-width="14"/>',
  ],
};
const tables = ['#ffffff', '#f4f1ea', '#e3e7ea', '#d8cfc2'];

async function draw(
  path,
  [box, band, picture],
  { turn = 0, size = 1, table = '#ffffff', light = 1 } = {},
) {
  await mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="192" height="192" viewBox="0 0 120 140">
    <rect x="-60" y="-60" width="300" height="300" fill="${table}"/>
    <g transform="rotate(${turn} 60 70) translate(60 70) scale(${size}) translate(-60 -70)">
      <rect x="20" y="14" width="80" height="112" rx="5" fill="${box}"/>
      <rect x="20" y="24" width="80" height="16" fill="${band}"/>${picture}</g></svg>`;
  await sharp(Buffer.from(svg))
    .modulate({ brightness: light })
    .png()
    .toFile(path);
}

for (const [name, look] of Object.entries(shop)) {
  await draw(`albums/${name}/front.png`, look);
  for (const [i, table] of tables.entries())
    await draw(`photos/${name}/${i + 1}.png`, look, {
      turn: 6 * i - 8,
      size: 0.98 - 0.04 * i,
      table,
      light: 1.06 - 0.06 * i,
    });
}
for (const [name, look] of Object.entries(strangers))
  for (const [i, table] of tables.entries())
    await draw(`strangers/${name}/${i + 1}.png`, look, {
      turn: 8 - 6 * i,
      size: 0.9,
      table,
    });
console.log(
  `${Object.keys(shop).length} products, ${Object.keys(strangers).length} strangers`,
);
// 6 products, 3 strangers
// #endregion sample
