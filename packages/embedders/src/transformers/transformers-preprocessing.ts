import type { ResampleFilter } from '../filters/filter-table.js';
import { badModel } from '../models/weight-specs.js';
import { createPreprocessing, type Preprocessing } from '../pictures/preprocessing.js';

/** Pillow's numbers of resampling filters; the nearest that there is. */
const filters: Readonly<Record<number, ResampleFilter>> = { 1: 'lanczos3', 2: 'triangle', 3: 'cubic' };

/**
 * What a model's `preprocessor_config.json` says, as our preprocessing, so that a picture has the same vector on every
 * host: size, crop, filter, mean and standard deviation.
 *
 * @param config the library's image processor, or the JSON itself
 * @throws {NearkinError} `BAD_MODEL` when it says no size
 */
export function transformersPreprocessing(config: Readonly<Record<string, unknown>>, model: string): Preprocessing {
  const size = sides(config['size']);
  const crop = config['do_center_crop'] === false ? undefined : sides(config['crop_size']);
  const target = (config['do_center_crop'] ? crop : undefined) ?? size;
  if (!target) throw badModel(model, 'its preprocessor_config.json says no size');
  const short = shortestEdge(config['size']);
  const square = target.width === target.height;
  const factor = config['do_rescale'] === false ? 1 : Number(config['rescale_factor'] ?? 1 / 255);
  const normalized = config['do_normalize'] !== false;
  const scale = (value: unknown, fallback: number): [number, number, number] => {
    const list = Array.isArray(value) && normalized ? value.map(Number) : [fallback, fallback, fallback];
    return list.map((entry) => entry / factor) as [number, number, number];
  };
  const cropped = config['do_center_crop'] === true || short !== undefined;
  return createPreprocessing({
    ...target,
    fit: cropped ? 'crop' : 'squash',
    ...(cropped && short !== undefined && square && short > target.width ? { shortSide: short } : {}),
    filter: filters[Number(config['resample'] ?? 2)] ?? 'triangle',
    mean: scale(config['image_mean'], 0),
    std: scale(config['image_std'], 1),
  });
}

function shortestEdge(size: unknown): number | undefined {
  if (typeof size === 'number') return size;
  const edge = (size as { shortest_edge?: unknown } | undefined)?.shortest_edge;
  return typeof edge === 'number' ? edge : undefined;
}

function sides(size: unknown): { width: number; height: number } | undefined {
  if (typeof size === 'number') return { width: size, height: size };
  if (typeof size !== 'object' || size === null) return undefined;
  const { width, height, shortest_edge: edge } = size as Record<string, unknown>;
  if (typeof width === 'number' && typeof height === 'number') return { width, height };
  return typeof edge === 'number' ? { width: edge, height: edge } : undefined;
}
