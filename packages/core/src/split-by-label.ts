import { type Gallery, selectGallery } from './gallery.js';
import { NearkinError } from './nearkin-error.js';
import { createRng } from './rng.js';

/**
 * Splits by class, so that no label stands in two parts: train, validation and test for classes never seen.
 * Rows keep their order inside a part.
 *
 * @param options.fractions shares of the classes, adding up to 1 (or less: the rest is dropped); every non-zero part
 *   gets at least one class
 * @throws {NearkinError} `INVALID_ARGUMENT` for bad fractions, `TOO_FEW_CLASSES` when there are fewer classes than parts
 * @example
 * const [train, validation, test] = splitByLabel(gallery, { fractions: [0.6, 0.2, 0.2], seed: 7 });
 */
export function splitByLabel(
  gallery: Gallery,
  options: { readonly fractions: readonly number[]; readonly seed?: number },
): Gallery[] {
  const { fractions, seed = 0 } = options;
  const sum = fractions.reduce((a, b) => a + b, 0);
  if (fractions.length === 0 || fractions.some((f) => !(f >= 0)) || !(sum > 0) || sum > 1 + 1e-9)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected shares of at least 0 that add up to 1, got ${fractions.join(', ')}.`,
      {
        details: { fractions },
      },
    );
  const labels = createRng(seed).shuffle([...new Set(gallery.labels)]);
  const parts = fractions.filter((f) => f > 0).length;
  if (labels.length < parts)
    throw new NearkinError(
      'TOO_FEW_CLASSES',
      `Expected at least ${parts} classes for ${parts} parts, got ${labels.length}.`,
      {
        details: { classes: labels.length, parts },
      },
    );
  const sizes = partSizes(fractions, labels.length);
  let start = 0;
  return sizes.map((size) => {
    const chosen = new Set(labels.slice(start, start + size));
    start += size;
    const rows = gallery.labels.flatMap((label, row) => (chosen.has(label) ? [row] : []));
    return selectGallery(gallery, rows);
  });
}

/** Largest remainders, then one class moved from the largest part to each part that came out empty. */
function partSizes(fractions: readonly number[], count: number): number[] {
  const exact = fractions.map((f) => f * count);
  const sizes = exact.map(Math.floor);
  const wanted = Math.round(fractions.reduce((a, b) => a + b, 0) * count);
  const byRemainder = exact
    .map((value, i) => [value - Math.floor(value), i] as const)
    .sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  for (let left = wanted - sizes.reduce((a, b) => a + b, 0), i = 0; left > 0; left--, i++)
    sizes[byRemainder[i % sizes.length]![1]]!++;
  for (const [i, fraction] of fractions.entries()) {
    if (fraction === 0 || sizes[i]! > 0) continue;
    const donor = sizes.indexOf(Math.max(...sizes));
    if (sizes[donor]! > 1) sizes[donor]!--;
    sizes[i] = 1;
  }
  return sizes;
}
