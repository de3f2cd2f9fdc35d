import { type Gallery, splitByLabel } from '@nearkin/core';
import { evaluateRetrieval, pairedTest } from '@nearkin/evaluation';
import { projectGallery } from '@nearkin/training';
import { chooseSettings, type HeadSettings, trainHead } from './train-head.js';

export interface Comparison {
  /** Of the split, and of all training. */
  readonly seed: number;
  readonly settings: HeadSettings;
  readonly trainingClasses: number;
  readonly unseenClasses: number;
  /** MAP@R on the unseen classes, each photo asked against all others. */
  readonly raw: number;
  readonly head: number;
  /** Sign flips by photo, and by class (photos of a class are not independent): head better than raw. */
  readonly pByPhoto: number;
  readonly pByClass: number;
  readonly classesWon: number;
  readonly trainingSeconds: number;
}

/** Trains on a random half of the classes and measures on the other half, which nothing before has looked at. */
export async function compare(
  gallery: Gallery,
  options: { readonly seed: number; readonly settings?: HeadSettings },
): Promise<Comparison> {
  const { seed } = options;
  const [training, unseen] = splitByLabel(gallery, { fractions: [0.5, 0.5], seed }) as [Gallery, Gallery];
  const settings = options.settings ?? (await chooseSettings(training, seed));
  const started = performance.now();
  const head = await trainHead(training, settings, seed);
  const trainingSeconds = (performance.now() - started) / 1000;
  const raw = await evaluateRetrieval({ queries: unseen });
  const learned = await evaluateRetrieval({ queries: await projectGallery(head, unseen) });
  head.dispose();
  const [a, b] = [learned, raw].map(({ perQuery }) => perQuery!['apAtR']!);
  const labels = [...new Set(unseen.labels)];
  const [classA, classB] = [learned, raw].map(({ perClass }) =>
    labels.map((label) => perClass!.find((one) => one.label === label)!.mean['apAtR']!),
  );
  const byPhoto = pairedTest({ a: a!, b: b!, alternative: 'greater' });
  const byClass = pairedTest({ a: classA!, b: classB!, alternative: 'greater' });
  return {
    seed,
    settings,
    trainingClasses: new Set(training.labels).size,
    unseenClasses: labels.length,
    raw: raw.mean['apAtR']!,
    head: learned.mean['apAtR']!,
    pByPhoto: byPhoto.pValue!,
    pByClass: byClass.pValue!,
    classesWon: byClass.wins,
    trainingSeconds,
  };
}
