// #region sample
// Draws a few emoji into drawings/NAME.png. They are Twemoji's (CC-BY 4.0):
// npm install @twemoji/svg sharp
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

const emoji = {
  '1f34b': 'lemon',
  '1f352': 'cherries',
  '1f577': 'spider',
  '1f41f': 'fish',
  '1f697': 'car',
  '1f63b': 'cat',
  '1f511': 'key',
  '1f388': 'balloon',
};
const folder = dirname(
  createRequire(import.meta.url).resolve('@twemoji/svg/package.json'),
);
await mkdir('drawings', { recursive: true });
for (const [code, name] of Object.entries(emoji))
  await sharp(join(folder, `${code}.svg`), { density: 384 })
    .resize(192, 192)
    .flatten({ background: '#fff' })
    .toFile(`drawings/${name}.png`);
console.log(Object.keys(emoji).length, 'drawings'); // 8 drawings
// #endregion sample
