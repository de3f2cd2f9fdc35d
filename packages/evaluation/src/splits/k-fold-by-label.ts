import { createRng, type Gallery, NearkinError, selectGallery } from '@nearkin/core';
import { assertCount } from '../numbers/check.js';

/** One fold: its classes are held out, all others are for training. */
export interface LabelFold {
  readonly train: Gallery;
  readonly validation: Gallery;
}

/**
 * Cuts the classes into folds, so that every class is held out once, and never trained on in that fold. Folds have
 * the same number of classes, give or take one; rows keep their order.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for fewer than 2 folds, `TOO_FEW_CLASSES` for fewer classes than folds
 * @source Musgrave, Belongie and Lim, "A Metric Learning Reality Check", ECCV 2020, section 3.3 (4 folds by class)
 * @example
 * for (const { train, validation } of kFoldByLabel(gallery, { folds: 4, seed: 1 })) …
 */
export function kFoldByLabel(
  gallery: Gallery,
  options: { readonly folds?: number | undefined; readonly seed?: number | undefined } = {},
): LabelFold[] {
  const { folds = 4, seed = 0 } = options;
  assertCount('folds', folds, 2);
  const labels = createRng(seed).shuffle([...new Set(gallery.labels)]);
  if (labels.length < folds)
    throw new NearkinError(
      'TOO_FEW_CLASSES',
      `Expected at least ${folds} classes for ${folds} folds, got ${labels.length}.`,
      { details: { classes: labels.length, folds } },
    );
  const foldOf = new Map(labels.map((label, i) => [label, i % folds]));
  return Array.from({ length: folds }, (_, fold) => {
    const rows = (held: boolean) =>
      gallery.labels.flatMap((label, row) => ((foldOf.get(label) === fold) === held ? [row] : []));
    return { train: selectGallery(gallery, rows(false)), validation: selectGallery(gallery, rows(true)) };
  });
}
