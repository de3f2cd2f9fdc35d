import { type GalleryItem, type JobOptions, NearkinError, type Picture, throwIfAborted } from '@nearkin/core';
import { createPreprocessing, type ImageInput, type Preprocessing, preprocess } from '@nearkin/embedders';
import { numberLabels } from './number-labels.js';
import { focusOf, type PictureTrainingData, type PixelDataOptions, pictureBatches } from './pixel-data.js';

/** An item of albums: its input is a decoded picture, or a function that decodes one. */
export type PictureItem = GalleryItem<ImageInput>;

export interface PictureDataOptions extends PixelDataOptions, JobOptions {
  /** Bytes of samples kept in memory, one a sample; pictures beyond it are decoded again whenever they are drawn. Default 1 GiB. */
  readonly cacheBytes?: number | undefined;
  /** Called for a picture that cannot be read, which is left out. Without it the first such picture ends the job. */
  readonly onError?: ((error: NearkinError, item: PictureItem) => void) | undefined;
  /** Pictures in all, for progress, when `items` cannot say. */
  readonly total?: number | undefined;
}

/** Decoded side by side, so that disk and decoder do not wait for each other. */
const atOnce = 8;

/**
 * Reads labelled pictures as training data: what `readAlbums` (Node) and `albumsFromFiles` (browser) list. All are read
 * once, brought to the model's size and kept, rounded to 8 bits, as far as `cacheBytes` goes.
 *
 * @returns classes in the order in which their first picture comes
 * @throws {NearkinError} `EMPTY_GALLERY` when no picture is left, `UNKNOWN_LABEL` for one without a label, `ABORTED`,
 *   `INVALID_ARGUMENT`, or a picture's own error without `onError`
 * @example
 * const { preprocessing } = model;
 * const data = await pictureData(readAlbums('albums'), { preprocessing, augmentation: createAugmentation({ rotate: 10 }) });
 * data.labelNames; // ['banana', 'lemon']
 */
export async function pictureData(
  items: Iterable<PictureItem> | AsyncIterable<PictureItem>,
  options: PictureDataOptions,
): Promise<PictureTrainingData> {
  const { signal, onProgress, onError, cacheBytes = 2 ** 30, preprocessing } = options;
  if (!(cacheBytes >= 0))
    throw new NearkinError('INVALID_ARGUMENT', `Expected cacheBytes of 0 or more, got ${cacheBytes}.`);
  const total = options.total ?? (Array.isArray(items) ? items.length : null);
  const read = sampleReader(preprocessing);
  const kept: { readonly item: PictureItem; readonly samples: Uint8Array | undefined }[] = [];
  let bytes = 0;
  let done = 0;
  let firstError: NearkinError | undefined;
  for await (const group of groups(items, atOnce)) {
    throwIfAborted(signal);
    const results = await Promise.allSettled(group.map(read));
    results.forEach((result, i) => {
      const item = group[i]!;
      if (result.status === 'rejected') {
        const error = asError(result.reason, item.id);
        firstError ??= error;
        if (!onError || error.code === 'ABORTED') throw error;
        onError(error, item);
        return;
      }
      const fits = bytes + result.value.length <= cacheBytes;
      if (fits) bytes += result.value.length;
      kept.push({ item, samples: fits ? result.value : undefined });
    });
    done += group.length;
    onProgress?.({ done, total, phase: 'read' });
  }
  throwIfAborted(signal);
  if (kept.length === 0 && firstError)
    throw new NearkinError('EMPTY_GALLERY', `None of the ${done} pictures could be read: ${firstError.message}`, {
      cause: firstError,
    });
  const measure = preprocessing.center === 'mass' ? focusOf(preprocessing) : undefined;
  const foci = kept.map(({ samples }) => (samples && measure ? measure(samples) : undefined));
  return pictureBatches({
    ...numberLabels(kept.map(({ item }) => item.label ?? '')),
    options,
    load: (numbers) =>
      Promise.all(
        numbers.map(async (sample) => {
          const samples = kept[sample]!.samples ?? (await read(kept[sample]!.item));
          return { samples, focus: foci[sample] ?? measure?.(samples) };
        }),
      ),
  });
}

/** Reads a picture at the model's size, not yet scaled or centred: that is left to the moment it is drawn. */
function sampleReader(preprocessing: Preprocessing): (item: PictureItem) => Promise<Uint8Array> {
  const { center, ...rest } = preprocessing;
  const plain = createPreprocessing({ ...rest, mean: [0, 0, 0], std: [1, 1, 1] });
  return async ({ id, input }) => {
    const given = typeof input === 'function' ? await input() : input;
    if (!isPicture(given))
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected the input of ${id} to be a decoded picture or a function that gives one; decode it with readImage.`,
        { details: { id } },
      );
    return Uint8Array.from(preprocess([given], plain), Math.round);
  };
}

function isPicture(input: unknown): input is Picture {
  return typeof input === 'object' && input !== null && 'data' in input && 'channels' in input;
}

async function* groups<T>(items: Iterable<T> | AsyncIterable<T>, size: number): AsyncGenerator<T[], void> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function asError(error: unknown, id: string): NearkinError {
  if (error instanceof NearkinError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new NearkinError('BAD_PICTURE', `Could not read ${id}: ${reason}`, { cause: error, details: { id } });
}
