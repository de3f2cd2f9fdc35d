import { createRng, NearkinError, rowsByLabel } from '@nearkin/core';
import type { PictureItem } from '../pictures/picture-item.js';
import { counted } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';

/** Fewer classes are all needed for training. */
const fewestToSplit = 8;

export interface TrainingSplit {
  readonly training: readonly PictureItem[];
  /** Pictures of classes that training never sees; empty where none are held out. */
  readonly validation: readonly PictureItem[];
}

/**
 * Holds out whole classes, by chance, of those with two pictures or more.
 *
 * @param options.share of the classes; at least two are held out, and two are left
 * @throws {NearkinError} `TOO_FEW_CLASSES`, `NO_POSITIVES` when no class has two pictures
 */
export function splitForTraining(
  items: readonly PictureItem[],
  options: { readonly share: number; readonly seed: number; readonly terminal: Terminal },
): TrainingSplit {
  const { share, seed, terminal } = options;
  const groups = rowsByLabel(items.map(({ label }) => label ?? ''));
  if (groups.size < 2)
    throw new NearkinError(
      'TOO_FEW_CLASSES',
      `Training needs at least two classes, to tell one from another; got ${groups.size}.`,
      { details: { classes: groups.size } },
    );
  const labels = [...groups.keys()];
  const single = labels.filter((label) => groups.get(label)!.length < 2);
  if (single.length === labels.length)
    throw new NearkinError(
      'NO_POSITIVES',
      'Every class has a single picture, so nothing shows what pictures of one class share; add pictures.',
      { details: { classes: labels.length } },
    );
  if (single.length > 0)
    terminal.warn(
      `${counted(single.length, 'class')} ${single.length === 1 ? 'has' : 'have'} a single picture (${single.slice(0, 3).join(', ')}${single.length > 3 ? ', …' : ''}) and only ${single.length === 1 ? 'serves' : 'serve'} as what others differ from.`,
    );
  const candidates = labels.filter((label) => groups.get(label)!.length > 1);
  const wanted = Math.min(Math.max(2, Math.round(share * labels.length)), candidates.length, labels.length - 2);
  if (share === 0 || labels.length < fewestToSplit || wanted < 2) {
    if (share > 0)
      terminal.warn(
        `No classes are held out to measure on: ${counted(labels.length, 'class')} are too few. Measure with nearkin eval-embedder on other albums.`,
      );
    return { training: items, validation: [] };
  }
  const held = new Set(
    createRng(seed)
      .shuffle([...candidates])
      .slice(0, wanted),
  );
  return {
    training: items.filter(({ label }) => !held.has(label ?? '')),
    validation: items.filter(({ label }) => held.has(label ?? '')),
  };
}
