import type { Rng } from '@nearkin/core';
import { side } from './emoji-data.js';

const middle = (side - 1) / 2;
/** Control points of the warp, a side. */
const knots = 5;

/** Puts a drawing on white, as the embedder will see it: RGB / 127.5 - 1. @param out `[side, side, 3]` */
export function paint(drawing: Uint8Array, out: Float32Array): void {
  for (let p = 0; p < side * side; p++) {
    const alpha = drawing[p * 4 + 3]! / 255;
    for (let k = 0; k < 3; k++) out[p * 3 + k] = (drawing[p * 4 + k]! * alpha + 255 * (1 - alpha)) / 127.5 - 1;
  }
}

/**
 * Paints a drawing with chance changes of place, shape and colour: scale, rotation, shift, mirror, a smooth warp; hue,
 * saturation, brightness, contrast, now and then grey; a background; a patch cut out.
 */
export function vary(drawing: Uint8Array, rng: Rng, out: Float32Array): void {
  const u = rng.uniform;
  const scale = 1 / (0.7 + 0.42 * u());
  const aspect = 1 + 0.16 * (u() - 0.5);
  const angle = 0.3 * (u() - 0.5);
  const mirror = u() < 0.15 ? -1 : 1;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const [shiftX, shiftY] = [8 * (u() - 0.5), 8 * (u() - 0.5)];
  const strength = u() < 0.6 ? 2.2 * u() : 0;
  const warp = Float32Array.from({ length: knots * knots * 2 }, () => strength * rng.normal());
  const background = pickBackground(u);
  const colour = colourChange(u);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const a = mirror * (x - middle + shiftX);
      const b = y - middle + shiftY;
      let sourceX = cos * a * aspect - sin * b + middle;
      let sourceY = sin * a + (cos * b) / aspect + middle;
      if (strength > 0) {
        const gx = (x / side) * (knots - 1);
        const gy = (y / side) * (knots - 1);
        const [kx, ky] = [Math.floor(gx), Math.floor(gy)];
        const [fx, fy] = [gx - kx, gy - ky];
        const at = (ky * knots + kx) * 2;
        const below = at + knots * 2;
        const w00 = (1 - fx) * (1 - fy);
        const w10 = fx * (1 - fy);
        const w01 = (1 - fx) * fy;
        const w11 = fx * fy;
        sourceX += w00 * warp[at]! + w10 * warp[at + 2]! + w01 * warp[below]! + w11 * warp[below + 2]!;
        sourceY += w00 * warp[at + 1]! + w10 * warp[at + 3]! + w01 * warp[below + 1]! + w11 * warp[below + 3]!;
      }
      const x0 = Math.floor(sourceX);
      const y0 = Math.floor(sourceY);
      const fx = sourceX - x0;
      const fy = sourceY - y0;
      let red = 0;
      let green = 0;
      let blue = 0;
      let alpha = 0;
      for (let corner = 0; corner < 4; corner++) {
        const px = x0 + (corner & 1);
        const py = y0 + (corner >> 1);
        if (px < 0 || py < 0 || px >= side || py >= side) continue;
        const p = (py * side + px) * 4;
        const w = ((corner & 1 ? fx : 1 - fx) * (corner >> 1 ? fy : 1 - fy) * drawing[p + 3]!) / 255;
        red += drawing[p]! * w;
        green += drawing[p + 1]! * w;
        blue += drawing[p + 2]! * w;
        alpha += w;
      }
      const to = (y * side + x) * 3;
      if (alpha > 0) {
        red /= alpha;
        green /= alpha;
        blue /= alpha;
        const m = colour.hue;
        const r = m[0]! * red + m[1]! * green + m[2]! * blue;
        const g = m[2]! * red + m[0]! * green + m[1]! * blue;
        const bl = m[1]! * red + m[2]! * green + m[0]! * blue;
        const grey = 0.3 * r + 0.59 * g + 0.11 * bl;
        red = (grey + colour.saturation * (r - grey) - 128) * colour.contrast + 128 + colour.brightness;
        green = (grey + colour.saturation * (g - grey) - 128) * colour.contrast + 128 + colour.brightness;
        blue = (grey + colour.saturation * (bl - grey) - 128) * colour.contrast + 128 + colour.brightness;
      }
      out[to] = Math.min(255, Math.max(0, red * alpha + background[0]! * (1 - alpha))) / 127.5 - 1;
      out[to + 1] = Math.min(255, Math.max(0, green * alpha + background[1]! * (1 - alpha))) / 127.5 - 1;
      out[to + 2] = Math.min(255, Math.max(0, blue * alpha + background[2]! * (1 - alpha))) / 127.5 - 1;
    }
  }
  if (u() < 0.35) cutOut(out, background, rng);
}

function pickBackground(u: () => number): number[] {
  const choice = u();
  if (choice < 0.65) return [255, 255, 255];
  return [0, 0, 0].map(() => (choice < 0.95 ? 200 + 55 * u() : 255 * u()));
}

/** Hue turns about the grey axis; `hue` holds the first row of a circulant matrix. */
function colourChange(u: () => number) {
  const angle = (u() < 0.12 ? 2.5 : 0.6) * (u() - 0.5);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle) / Math.sqrt(3);
  const rest = (1 - cos) / 3;
  const isGrey = u() < 0.1;
  return {
    hue: [cos + rest, rest - sin, rest + sin],
    saturation: isGrey ? 0 : 0.5 + u(),
    brightness: 50 * (u() - 0.5),
    contrast: 0.75 + 0.5 * u(),
  };
}

function cutOut(out: Float32Array, background: readonly number[], rng: Rng): void {
  const size = 8 + rng.integer(12);
  const left = rng.integer(side - size);
  const top = rng.integer(side - size);
  for (let y = top; y < top + size; y++)
    for (let x = left; x < left + size; x++)
      for (let k = 0; k < 3; k++) out[(y * side + x) * 3 + k] = background[k]! / 127.5 - 1;
}
