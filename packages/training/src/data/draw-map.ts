import type { Rng } from '@nearkin/core';
import type { AffineMap } from './affine-warp.js';
import type { AugmentationOptions } from './augmentation-options.js';

/**
 * Draws how one picture is cropped, mirrored, turned, scaled, sheared and moved, as a single map.
 *
 * @param picture.focus the place that comes to the middle when nothing else happens
 */
export function drawMap(
  options: AugmentationOptions,
  picture: {
    readonly width: number;
    readonly height: number;
    readonly focus: { readonly x: number; readonly y: number };
  },
  rng: Rng,
): AffineMap {
  const { crop, flip, rotate = 0, scale = 1, shear = 0, shift = 0 } = options;
  const { width, height, focus } = picture;
  const between = (low: number, high: number) => low + (high - low) * rng.uniform();
  const around = (most: number) => (most > 0 ? between(-most, most) : 0);
  const factor = (most: number) => Math.exp(around(Math.log(most)));

  const angle = (around(rotate) * Math.PI) / 180;
  const [growX, growY] = typeof scale === 'number' ? repeat(factor(scale)) : [factor(scale.x), factor(scale.y)];
  const slant = around(shear);
  let x = focus.x + around(shift);
  let y = focus.y + around(shift);
  // The map leads from the new picture to the old: what grows is read in smaller steps.
  let stepX = 1 / growX;
  let stepY = 1 / growY;
  if (flip === 'horizontal' || flip === 'both') stepX *= rng.uniform() < 0.5 ? -1 : 1;
  if (flip === 'vertical' || flip === 'both') stepY *= rng.uniform() < 0.5 ? -1 : 1;
  if (crop) {
    const [narrow, wide] = crop.aspect ?? [3 / 4, 4 / 3];
    const area = between(...crop.area);
    const aspect = Math.exp(between(Math.log(narrow), Math.log(wide)));
    const shareX = Math.min(1, Math.sqrt(area * aspect));
    const shareY = Math.min(1, Math.sqrt(area / aspect));
    stepX *= shareX;
    stepY *= shareY;
    // Between the middles of the outermost pixels, so that nothing of a crop lies outside.
    x += around(((width - 1) * (1 - shareX)) / 2);
    y += around(((height - 1) * (1 - shareY)) / 2);
  }
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return {
    a: cos * stepX,
    b: (cos * slant - sin) * stepY,
    c: sin * stepX,
    d: (sin * slant + cos) * stepY,
    x,
    y,
  };
}

function repeat(value: number): [number, number] {
  return [value, value];
}
