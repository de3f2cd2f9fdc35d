import type { Numbers } from '../numbers/check.js';

/** One query's first right answer among its candidates. */
export interface BestRank {
  /** Candidates with a higher score than the best right one. */
  readonly ahead: number;
  /** Candidates with just that score, and how many of them are right. */
  readonly tied: number;
  readonly tiedRight: number;
  /** Of those, how many come before the first right one in the order of priority. */
  readonly tiedBefore: number;
}

/** Pairs of images and texts to be ranked against one another; rows and columns are numbers in the whole set. */
export interface PairScores {
  readonly images: Numbers;
  readonly texts: Numbers;
  /** Image of each text of the whole set. */
  readonly imageOfText: Numbers;
  /** Similarity of an image and a text of the whole set. */
  score(image: number, text: number): number;
  /** Among equal scores the smaller priority goes first. */
  readonly imagePriority: Numbers;
  readonly textPriority: Numbers;
}

/**
 * Ranks of the best right answer of every text among the images and of every image among the texts, in one pass over
 * the pairs, without sorting and without keeping the matrix. Null where a query has no right answer.
 *
 * @param pause called after each image
 */
export async function bestRanks(
  pairs: PairScores,
  pause: (done: number) => Promise<void>,
): Promise<{ ofTexts: (BestRank | null)[]; ofImages: (BestRank | null)[] }> {
  const { images, texts, imageOfText, imagePriority, textPriority, score } = pairs;
  const place = new Map(Array.from(images, (image, i) => [image, i]));
  const home = Int32Array.from(texts, (text) => place.get(imageOfText[text]!) ?? -1);
  const ofTexts = createCounters(texts.length);
  const ofImages = createCounters(images.length);
  for (let t = 0; t < texts.length; t++) {
    const i = home[t]!;
    if (i < 0) continue;
    const value = score(images[i]!, texts[t]!);
    ofTexts.setBest(t, value, imagePriority[images[i]!]!);
    ofImages.setBest(i, value, textPriority[texts[t]!]!);
  }
  for (let i = 0; i < images.length; i++) {
    const image = images[i]!;
    for (let t = 0; t < texts.length; t++) {
      const text = texts[t]!;
      const value = score(image, text);
      const right = home[t] === i;
      ofTexts.count(t, value, { right, priority: imagePriority[image]! });
      ofImages.count(i, value, { right, priority: textPriority[text]! });
    }
    await pause(i + 1);
  }
  return { ofTexts: ofTexts.ranks(), ofImages: ofImages.ranks() };
}

function createCounters(count: number) {
  const best = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const priority = new Float64Array(count);
  const known = new Uint8Array(count);
  const ahead = new Uint32Array(count);
  const tied = new Uint32Array(count);
  const tiedRight = new Uint32Array(count);
  const tiedBefore = new Uint32Array(count);
  return {
    setBest(query: number, score: number, itsPriority: number) {
      if (known[query] && (score < best[query]! || (score === best[query] && itsPriority >= priority[query]!))) return;
      known[query] = 1;
      best[query] = score;
      priority[query] = itsPriority;
    },
    count(query: number, score: number, candidate: { right: boolean; priority: number }) {
      if (score > best[query]!) ahead[query]!++;
      else if (score === best[query]) {
        tied[query]!++;
        if (candidate.right) tiedRight[query]!++;
        if (candidate.priority < priority[query]!) tiedBefore[query]!++;
      }
    },
    ranks: () =>
      Array.from(known, (flag, q) =>
        flag ? { ahead: ahead[q]!, tied: tied[q]!, tiedRight: tiedRight[q]!, tiedBefore: tiedBefore[q]! } : null,
      ),
  };
}
