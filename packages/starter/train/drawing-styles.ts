import type { Rng } from '@nearkin/core';
import { side } from './emoji-data.js';

const pixels = side * side;
const colours = 7;
const transparent = 255;

/** A drawing, and what is needed to draw it in another style. */
export interface StyledDrawing {
  /** RGBA. */
  readonly original: Uint8Array;
  /** The few colours that the drawing is made of, RGB, and which of them each pixel has (255: none). */
  readonly palette: Float32Array;
  readonly labels: Uint8Array;
  /** How much of an outline runs through each pixel, 0 to 255: thin, and one pixel wider. */
  readonly thin: Uint8Array;
  readonly wide: Uint8Array;
}

/** Prepares a drawing: its palette by k-means over opaque pixels, its outlines where colour or transparency changes. */
export function analyseDrawing(original: Uint8Array): StyledDrawing {
  const { palette, labels } = fewColours(original);
  const thin = outlines(original);
  const wide = new Uint8Array(pixels);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      let most = 0;
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        const [u, v] = [x + dx, y + dy];
        if (u >= 0 && v >= 0 && u < side && v < side) most = Math.max(most, thin[v * side + u]!);
      }
      wide[y * side + x] = most;
    }
  return { original, palette, labels, thin, wide };
}

function fewColours(drawing: Uint8Array): { palette: Float32Array; labels: Uint8Array } {
  const labels = new Uint8Array(pixels).fill(transparent);
  const opaque: number[] = [];
  for (let p = 0; p < pixels; p++) if (drawing[p * 4 + 3]! >= 128) opaque.push(p);
  const palette = new Float32Array(colours * 3);
  // Farthest first: small patches of a colour of their own (eyes, a flag's star) keep it.
  let next = opaque[0] ?? 0;
  const nearest = new Float32Array(pixels).fill(Infinity);
  for (let c = 0; c < colours; c++) {
    for (let k = 0; k < 3; k++) palette[c * 3 + k] = drawing[next * 4 + k]!;
    let farthest = -1;
    for (const p of opaque) {
      nearest[p] = Math.min(nearest[p]!, distance(drawing, p, palette, c));
      if (nearest[p]! > farthest) {
        farthest = nearest[p]!;
        next = p;
      }
    }
  }
  for (let round = 0; round < 6; round++) {
    const sums = new Float64Array(colours * 4);
    for (const p of opaque) {
      let best = 0;
      let least = Infinity;
      for (let c = 0; c < colours; c++) {
        const d = distance(drawing, p, palette, c);
        if (d < least) {
          least = d;
          best = c;
        }
      }
      labels[p] = best;
      for (let k = 0; k < 3; k++) sums[best * 4 + k]! += drawing[p * 4 + k]!;
      sums[best * 4 + 3]!++;
    }
    for (let c = 0; c < colours; c++) {
      const count = sums[c * 4 + 3]!;
      if (count > 0) for (let k = 0; k < 3; k++) palette[c * 3 + k] = sums[c * 4 + k]! / count;
    }
  }
  return { palette, labels };
}

function distance(drawing: Uint8Array, pixel: number, palette: Float32Array, colour: number): number {
  let sum = 0;
  for (let k = 0; k < 3; k++) sum += (drawing[pixel * 4 + k]! - palette[colour * 3 + k]!) ** 2;
  return sum;
}

function outlines(drawing: Uint8Array): Uint8Array {
  const onWhite = new Float32Array(pixels * 3);
  for (let p = 0; p < pixels; p++) {
    const alpha = drawing[p * 4 + 3]! / 255;
    for (let k = 0; k < 3; k++) onWhite[p * 3 + k] = drawing[p * 4 + k]! * alpha + 255 * (1 - alpha);
  }
  const out = new Uint8Array(pixels);
  for (let y = 1; y < side - 1; y++)
    for (let x = 1; x < side - 1; x++) {
      const p = y * side + x;
      let change = 0;
      for (const step of [1, side]) {
        for (let k = 0; k < 3; k++) change += Math.abs(onWhite[(p + step) * 3 + k]! - onWhite[(p - step) * 3 + k]!);
        change += 2 * Math.abs(drawing[(p + step) * 4 + 3]! - drawing[(p - step) * 4 + 3]!);
      }
      out[p] = 255 * Math.min(1, Math.max(0, (change - 110) / 220));
    }
  return out;
}

/**
 * Draws in a style by chance: as it is (40 %), flat colours with outlines (35 %), flat colours alone (10 %) or lines with
 * few or no colours (15 %). Flat colours are the drawing's own few, each shifted, saturated or left white by chance.
 *
 * @param out RGBA, overwritten
 */
export function restyle(drawing: StyledDrawing, rng: Rng, out: Uint8Array): void {
  const choice = rng.uniform();
  if (choice < 0.4) {
    out.set(drawing.original);
    return;
  }
  const hasOutline = choice < 0.75 || choice >= 0.85;
  const isLineArt = choice >= 0.85;
  const fill = fills(drawing.palette, rng, isLineArt ? 0.75 + 0.25 * rng.uniform() : 0.12);
  const lines = rng.uniform() < 0.5 ? drawing.thin : drawing.wide;
  const weight = hasOutline ? 0.75 + 0.25 * rng.uniform() : 0;
  // Mostly black; now and then a dark colour.
  const ink = [0, 0, 0].map(() => (rng.uniform() < 0.75 ? 0 : 70 * rng.uniform()));
  for (let p = 0; p < pixels; p++) {
    const label = drawing.labels[p]!;
    const line = (lines[p]! / 255) * weight;
    for (let k = 0; k < 3; k++) {
      const colour = label === transparent ? drawing.original[p * 4 + k]! : fill[label * 3 + k]!;
      out[p * 4 + k] = colour * (1 - line) + ink[k]! * line;
    }
    out[p * 4 + 3] = Math.max(drawing.original[p * 4 + 3]!, 255 * line);
  }
}

function fills(palette: Float32Array, rng: Rng, whiteShare: number): Float32Array {
  const out = new Float32Array(palette.length);
  const saturation = 0.7 + 1.1 * rng.uniform();
  const isCoarse = rng.uniform() < 0.5;
  const shift = rng.uniform() < 0.5 ? 60 : 20;
  for (let c = 0; c < colours; c++) {
    const [r = 0, g = 0, b = 0] = palette.subarray(c * 3, c * 3 + 3);
    const grey = 0.3 * r + 0.59 * g + 0.11 * b;
    const isWhite = rng.uniform() < whiteShare;
    [r, g, b].forEach((value, k) => {
      let moved = grey + saturation * (value - grey) + shift * (rng.uniform() - 0.5);
      if (isCoarse) moved = Math.round(moved / 51) * 51;
      out[c * 3 + k] = isWhite ? 255 : Math.min(255, Math.max(0, moved));
    });
  }
  return out;
}
