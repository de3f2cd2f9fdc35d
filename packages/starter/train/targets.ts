import type { Caption } from './captions.js';

/** What a step's drawings and captions should be taken for, rows that add up to 1. */
export interface StepTargets {
  /** For each set of captions `[batch, emoji]`: a drawing's, over the captions of all emoji. */
  readonly toCaptions: readonly Float32Array[];
  /** For each set of captions `[batch, batch]`: that of a caption of the batch, over the batch's drawings. */
  readonly toDrawings: readonly Float32Array[];
}

/**
 * Spreads a part of what a drawing should be taken for: half of it over the captions of others that are true of it as well
 * ("animal"), half over emoji whose words are alike. So likeness of meaning becomes nearness, which is all that can be
 * said of an emoji that was never met. Drawings of another vendor stay told apart as sharply as can be: one picture has to
 * be enough for a class.
 *
 * @param sets captions of all emoji for each set
 * @param options.chosen the batch
 * @param options.alike `alikeByWords`
 * @param options.soft the part, 0 to 1
 */
export function stepTargets(
  sets: readonly (readonly Caption[])[],
  { chosen, alike, soft }: { readonly chosen: readonly number[]; readonly alike: Float32Array; readonly soft: number },
): StepTargets {
  const batch = chosen.length;
  const placeOf = new Map(chosen.map((k, b) => [k, b]));
  const count = sets[0]!.length;
  const byWords = (b: number, other: number) => (soft / 2) * alike[chosen[b]! * count + other]!;

  const toCaptions = sets.map((captions) => {
    const out = new Float32Array(batch * count);
    const alsoTrue: number[][] = chosen.map(() => []);
    captions.forEach(({ fits }, of) => {
      for (const k of fits) {
        const b = placeOf.get(k);
        if (b !== undefined && k !== of) alsoTrue[b]!.push(of);
      }
    });
    chosen.forEach((k, b) => {
      const row = out.subarray(b * count, (b + 1) * count);
      for (let other = 0; other < count; other++) row[other] = byWords(b, other);
      // A few of them get less in all than many.
      for (const other of alsoTrue[b]!) row[other]! += soft / 2 / Math.max(4, alsoTrue[b]!.length);
      row[k] = 0;
      row[k] = 1 - row.reduce((sum, value) => sum + value, 0);
    });
    return out;
  });

  const toDrawings = sets.map((captions) => {
    const out = new Float32Array(batch * batch);
    chosen.forEach((k, b) => {
      const row = out.subarray(b * batch, (b + 1) * batch);
      chosen.forEach((other, place) => {
        row[place] = byWords(b, other);
      });
      if (soft > 0)
        for (const other of captions[k]!.fits) {
          const place = placeOf.get(other);
          if (place !== undefined) row[place] = 0.5;
        }
      row[b] = 1;
      addUpToOne(row);
    });
    return out;
  });
  return { toCaptions, toDrawings };
}

function addUpToOne(row: Float32Array): void {
  const sum = row.reduce((total, value) => total + value, 0);
  for (let i = 0; i < row.length; i++) row[i] = row[i]! / sum;
}
