// Draws the figures of the concept pages from computed numbers. The same seed, the same figures: `pnpm run figures`.
import { writeFileSync } from 'node:fs';
import { anisotropic } from './figures/anisotropic.mjs';
import { chance } from './figures/chance.mjs';
import { dotProduct } from './figures/dot-product.mjs';
import { hero } from './figures/hero.mjs';
import { lesson } from './figures/lesson.mjs';
import { openSet } from './figures/open-set.mjs';
import { partitions } from './figures/partitions.mjs';
import { phone } from './figures/phone.mjs';
import { retrievalLayers } from './figures/retrieval-layers.mjs';
import { serve } from './figures/serve.mjs';

const figures = {
  '../public/hero-light.svg': hero('light'),
  '../public/hero-dark.svg': hero('dark'),
  '../figures/dot-product.svg': dotProduct(),
  '../figures/anisotropic.svg': await anisotropic(),
  '../figures/partitions.svg': await partitions(),
  '../figures/open-set.svg': openSet(),
  '../figures/retrieval-layers.svg': retrievalLayers(),
  '../figures/chance.svg': await chance(),
  '../figures/serve.svg': serve(),
  '../figures/lesson.svg': lesson(),
  '../figures/phone.svg': phone(),
};
for (const [path, svg] of Object.entries(figures)) {
  writeFileSync(new URL(path, import.meta.url), `${svg.replace(/\n\s+/g, '\n')}\n`);
  console.log(path.replace('../', ''), `${(svg.length / 1024).toFixed(1)} kB`);
}
