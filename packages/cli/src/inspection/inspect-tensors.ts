import { readGallery, readSafetensors } from '@nearkin/core';
import { byteSize, counted } from '../terminal/number-text.js';
import type { Inspection } from './inspection.js';

const shownTensors = 8;

/**
 * Describes a safetensors file: a gallery by its rows, anything else by its tensors.
 *
 * @throws {NearkinError} `BAD_FORMAT`, `UNSUPPORTED_VERSION`
 */
export function inspectTensors(bytes: Uint8Array): Inspection {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.get('format') === 'nearkin-gallery' && tensors.get('vectors')?.dtype === 'F32') {
    const { vectors, labels, modelId } = readGallery(bytes);
    const classes = [...new Set(labels)];
    return {
      json: {
        kind: 'gallery',
        rows: vectors.count,
        dim: vectors.dim,
        classes: classes.length,
        labels: classes,
        modelId,
      },
      facts: [
        ['rows', `${vectors.count.toLocaleString('en')} of ${vectors.dim} numbers`],
        ['classes', labelList(classes)],
        ['embedder', modelId ?? 'not named'],
        ['size', byteSize(bytes.length)],
      ],
    };
  }
  const list = [...tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  return {
    json: { kind: 'safetensors', tensors: list, metadata: [...metadata] },
    facts: [
      ['tensors', counted(list.length, 'tensor')],
      ...list.slice(0, shownTensors).map(({ name, dtype, shape }) => [name, `${dtype} [${shape.join(', ')}]`] as const),
      ['size', byteSize(bytes.length)],
    ],
  };
}

/** `297: anchor, ant, apple, …` */
export function labelList(labels: readonly string[]): string {
  const some = labels.slice(0, 5).join(', ');
  return `${labels.length.toLocaleString('en')}: ${some}${labels.length > 5 ? ', …' : ''}`;
}
