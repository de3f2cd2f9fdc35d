import { assertFinite, type JobOptions, NearkinError, throwIfAborted, type Vectors } from '@nearkin/core';
import { assertCount, assertFiniteNumbers, type Numbers } from '../numbers/check.js';
import { assertTiePolicy, type TiePolicy } from '../ranked/tie-policy.js';
import {
  assertDistance,
  prepareVectors,
  type RetrievalDistance,
  similarityOf,
} from '../retrieval/retrieval-distance.js';
import { compareIdBytes } from '../trec/compare-id-bytes.js';
import { bestRanks, type PairScores } from './best-ranks.js';
import { type DirectionMetrics, directionMetrics, rankOf } from './direction-metrics.js';

export interface CrossModalMetricsOptions extends JobOptions {
  /** Image embeddings; with `texts`, instead of `similarity`. */
  readonly images?: Vectors | undefined;
  readonly texts?: Vectors | undefined;
  /** `similarity[image][text]`, higher is better; instead of embeddings. */
  readonly similarity?: ArrayLike<Numbers> | undefined;
  /**
   * The image that each text describes. Default: text i belongs to image i when there are as many of both, else the
   * texts come in equal runs, image by image.
   */
  readonly imageOfText?: Numbers | undefined;
  /** Default `[1, 5, 10]`. */
  readonly k?: number | Numbers | undefined;
  /** Default `cosine`. */
  readonly distance?: RetrievalDistance | undefined;
  /** Default `index`: the smaller image or text. `trec` needs both ids. */
  readonly ties?: TiePolicy | undefined;
  readonly imageIds?: ArrayLike<string> | undefined;
  readonly textIds?: ArrayLike<string> | undefined;
  /** Cut the images into so many runs with their texts, and average: 5 makes of COCO 5K the "5 x 1K" figures. Default 1. */
  readonly folds?: number | undefined;
}

/** Text-to-image and image-to-text retrieval. Plain JSON. */
export interface CrossModalMetrics {
  readonly textToImage: DirectionMetrics;
  readonly imageToText: DirectionMetrics;
  /** Sum of the recalls of both directions: of six with the usual k, so up to 6 (papers print 100 times that). */
  readonly rsum: number | null;
  readonly images: number;
  readonly texts: number;
  /** The figures of each fold; null for one fold. */
  readonly folds: readonly Pick<CrossModalMetrics, 'textToImage' | 'imageToText' | 'rsum'>[] | null;
  /** Rank, from 1, of each text's image and of each image's best text, inside the fold; null without one. */
  readonly ranks: {
    readonly textToImage: readonly (number | null)[];
    readonly imageToText: readonly (number | null)[];
  };
}

/**
 * Retrieval of images by text and of texts by image. An image may have several texts: its rank is that of the best.
 *
 * The ranks are counted in one pass over the pairs, without sorting: memory O(images + texts). Recalls are shares from
 * 0 to 1, ranks start at 1, the median rank is floor(median of the zero-based ranks) + 1. Under `expected` recalls and
 * mean rank are exact over all orders; the median is that of the expected ranks. Images without a text are left out of
 * image to text. Folds are averaged, each figure by itself.
 *
 * @throws {NearkinError} `EMPTY_GALLERY` for no images or no texts, `INVALID_ARGUMENT`, `DIMENSION_MISMATCH`,
 *   `NON_FINITE`, `ABORTED`
 * @source Faghri et al., "VSE++", BMVC 2018, and Karpathy and Li, CVPR 2015 (COCO 1K: mean of five folds);
 *   Radford et al., ICML 2021
 * @example
 * const { textToImage, rsum } = await crossModalMetrics({ similarity: [[0.9, 0.1], [0.2, 0.8]], k: 1 });
 * console.log(textToImage, rsum); // { 'R@1': 1, medianRank: 1, meanRank: 1 } 2
 */
export async function crossModalMetrics(options: CrossModalMetricsOptions): Promise<CrossModalMetrics> {
  const { ties = 'index', folds = 1, signal, onProgress } = options;
  assertTiePolicy(ties);
  const ks = typeof options.k === 'number' ? [options.k] : Array.from(options.k ?? [1, 5, 10]);
  for (const k of ks) assertCount('k', k);
  const { images, texts, score } = readScores(options);
  const imageOfText = readMapping(options.imageOfText, images, texts);
  assertCount('folds', folds);
  if (folds > images)
    throw new NearkinError('INVALID_ARGUMENT', `Expected at most ${images} folds, one image each, got ${folds}.`);
  const imagePriority = priorities(images, ties, options.imageIds, 'imageIds');
  const textPriority = priorities(texts, ties, options.textIds, 'textIds');

  const ranks = {
    textToImage: new Array<number | null>(texts).fill(null),
    imageToText: new Array<number | null>(images).fill(null),
  };
  const parts: Pick<CrossModalMetrics, 'textToImage' | 'imageToText' | 'rsum'>[] = [];
  let done = 0;
  let pausedAt = 0;
  for (let fold = 0; fold < folds; fold++) {
    const first = Math.floor((fold * images) / folds);
    const end = Math.floor(((fold + 1) * images) / folds);
    const pairs: PairScores = {
      images: Array.from({ length: end - first }, (_, i) => first + i),
      texts: Array.from({ length: texts }, (_, t) => t).filter(
        (t) => imageOfText[t]! >= first && imageOfText[t]! < end,
      ),
      imageOfText,
      score,
      imagePriority,
      textPriority,
    };
    const found = await bestRanks(pairs, async () => {
      throwIfAborted(signal);
      onProgress?.({ done: ++done, total: images, phase: 'rank' });
      if (done - pausedAt < 64) return;
      pausedAt = done;
      await new Promise((resolve) => setTimeout(resolve));
    });
    found.ofTexts.forEach((rank, i) => {
      ranks.textToImage[pairs.texts[i]!] = rank && rankOf(rank, ties);
    });
    found.ofImages.forEach((rank, i) => {
      ranks.imageToText[pairs.images[i]!] = rank && rankOf(rank, ties);
    });
    const textToImage = directionMetrics(found.ofTexts, { ks, ties });
    const imageToText = directionMetrics(found.ofImages, { ks, ties });
    parts.push({ textToImage, imageToText, rsum: recallSum([textToImage, imageToText], ks) });
  }
  return {
    textToImage: meanOfFolds(parts.map((part) => part.textToImage)),
    imageToText: meanOfFolds(parts.map((part) => part.imageToText)),
    rsum: meanOf(parts.map((part) => part.rsum)),
    images,
    texts,
    folds: folds === 1 ? null : parts,
    ranks,
  };
}

function readScores(options: CrossModalMetricsOptions): {
  images: number;
  texts: number;
  score: PairScores['score'];
} {
  const { images, texts, similarity, distance = 'cosine' } = options;
  if (similarity) {
    const columns = similarity[0]?.length ?? 0;
    checkFilled(similarity.length, columns);
    for (let i = 0; i < similarity.length; i++) {
      if (similarity[i]!.length !== columns)
        throw new NearkinError(
          'INVALID_ARGUMENT',
          `Expected ${columns} texts in every row of similarity, got ${similarity[i]!.length} in row ${i}.`,
        );
      assertFiniteNumbers(`similarity[${i}]`, similarity[i]!);
    }
    return { images: similarity.length, texts: columns, score: (image, text) => similarity[image]![text]! };
  }
  if (!images || !texts)
    throw new NearkinError('INVALID_ARGUMENT', 'Expected images and texts, or similarity; got neither.');
  assertDistance(distance);
  checkFilled(images.count, texts.count);
  if (images.dim !== texts.dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected images and texts of one dimension, got ${images.dim} and ${texts.dim}; do both come from one dual encoder?`,
      { details: { images: images.dim, texts: texts.dim } },
    );
  assertFinite(images);
  assertFinite(texts);
  const a = prepareVectors(images, distance);
  const b = prepareVectors(texts, distance);
  const similar = similarityOf(distance);
  return { images: a.count, texts: b.count, score: (image, text) => similar(a, image, b, text) };
}

function checkFilled(images: number, texts: number): void {
  if (images === 0 || texts === 0)
    throw new NearkinError('EMPTY_GALLERY', `Expected images and texts, got ${images} images and ${texts} texts.`);
}

function readMapping(given: Numbers | undefined, images: number, texts: number): Int32Array {
  if (!given && texts % images !== 0)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected imageOfText, for ${texts} texts do not come in equal runs for ${images} images.`,
      { details: { images, texts } },
    );
  if (given && given.length !== texts)
    throw new NearkinError('INVALID_ARGUMENT', `Expected imageOfText to have ${texts} entries, got ${given.length}.`);
  return Int32Array.from({ length: texts }, (_, t) => {
    const image = given ? given[t]! : Math.floor((t * images) / texts);
    if (!Number.isInteger(image) || image < 0 || image >= images)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected images from 0 to ${images - 1} in imageOfText, got ${image} for text ${t}.`,
        { details: { text: t, image } },
      );
    return image;
  });
}

function priorities(count: number, ties: TiePolicy, ids: ArrayLike<string> | undefined, name: string): Numbers {
  if (ties !== 'trec') return Array.from({ length: count }, (_, i) => i);
  if (ids?.length !== count)
    throw new NearkinError('INVALID_ARGUMENT', `ties: 'trec' orders by id: expected ${count} ${name}.`);
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => compareIdBytes(ids[b]!, ids[a]!));
  const places = new Int32Array(count);
  order.forEach((item, place) => {
    places[item] = place;
  });
  return places;
}

function recallSum(directions: readonly DirectionMetrics[], ks: readonly number[]): number | null {
  const recalls = directions.flatMap((direction) => ks.map((k) => direction[`R@${k}`] ?? null));
  return recalls.includes(null) ? null : recalls.reduce<number>((sum, value) => sum + value!, 0);
}

function meanOfFolds(parts: readonly DirectionMetrics[]): DirectionMetrics {
  const keys = Object.keys(parts[0]!) as (keyof DirectionMetrics)[];
  return Object.fromEntries(keys.map((key) => [key, meanOf(parts.map((part) => part[key] ?? null))])) as never;
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
