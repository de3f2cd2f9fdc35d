import type { Picture } from '@nearkin/core';

/** What a picture looks like from afar. */
export interface PictureHash {
  /** 128 bits: does brightness rise to the right, and downwards, over an 8 x 8 grid. */
  readonly bits: Uint32Array;
  /** Mean red, green and blue, 0 to 255. */
  readonly color: readonly [number, number, number];
}

const grid = 9;
/** Smaller steps in brightness are noise of the encoder: they count as no rise. */
const leastStep = 2;

/**
 * A hash that changes little when a picture is scaled, recompressed, or slightly brightened. Transparent parts count
 * as white.
 *
 * @source the difference hash of Krawetz, "Kind of Like That", 2013, in both directions
 */
export function pictureHash(picture: Picture): PictureHash {
  const { cells, color } = shrink(picture);
  const bits = new Uint32Array(4);
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) {
      const at = y * grid + x;
      const place = y * 8 + x;
      if (cells[at + 1]! > cells[at]! + leastStep) bits[place >> 5]! |= 1 << (place & 31);
      if (cells[at + grid]! > cells[at]! + leastStep) bits[2 + (place >> 5)]! |= 1 << (place & 31);
    }
  return { bits, color };
}

/** Bits that differ, 0 to 128. */
export function hashDistance(a: PictureHash, b: PictureHash): number {
  let distance = 0;
  for (let word = 0; word < 4; word++) {
    let different = (a.bits[word]! ^ b.bits[word]!) >>> 0;
    while (different !== 0) {
      different &= different - 1;
      distance++;
    }
  }
  return distance;
}

/** Largest difference of the mean colours, 0 to 255. */
export function colorDistance(a: PictureHash, b: PictureHash): number {
  return Math.max(...a.color.map((value, i) => Math.abs(value - b.color[i]!)));
}

/** Mean brightness of 9 x 9 cells, each pixel shared among the cells it overlaps. */
function shrink({ data, width, height, channels }: Picture): {
  cells: Float64Array;
  color: [number, number, number];
} {
  const cells = new Float64Array(grid * grid);
  const weights = new Float64Array(grid * grid);
  const color: [number, number, number] = [0, 0, 0];
  const columns = overlaps(width);
  const rows = overlaps(height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      const alpha = channels === 4 ? data[at + 3]! / 255 : 1;
      let brightness = 0;
      for (let c = 0; c < 3; c++) {
        const value = data[at + c]! * alpha + 255 * (1 - alpha);
        color[c]! += value / (width * height);
        brightness += value * [0.299, 0.587, 0.114][c]!;
      }
      for (const row of rows[y]!)
        for (const column of columns[x]!) {
          const cell = row.cell * grid + column.cell;
          cells[cell]! += brightness * row.share * column.share;
          weights[cell]! += row.share * column.share;
        }
    }
  return { cells: cells.map((sum, i) => sum / weights[i]!), color };
}

/** The cells that each of `size` pixels overlaps, and by how much. */
function overlaps(size: number): { cell: number; share: number }[][] {
  return Array.from({ length: size }, (_, pixel) => {
    const start = (pixel * grid) / size;
    const end = ((pixel + 1) * grid) / size;
    const parts: { cell: number; share: number }[] = [];
    for (let cell = Math.floor(start); cell < Math.min(grid, Math.ceil(end)); cell++) {
      const share = Math.min(end, cell + 1) - Math.max(start, cell);
      if (share > 1e-9) parts.push({ cell, share });
    }
    return parts;
  });
}
