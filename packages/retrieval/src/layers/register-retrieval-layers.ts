import { serialization } from '@tensorflow/tfjs-core';
import { ClassAggregate } from './class-aggregate.js';
import { CosineMatch } from './cosine-match.js';
import { L2Normalize } from './l2-normalize.js';

/**
 * Makes the retrieval layers known to tfjs, so that `tf.loadLayersModel` opens a saved classifier. Calling it again is
 * harmless. tfjs finds a layer by its class name alone, so the names carry the package: `Nearkin>CosineMatch`.
 *
 * @example
 * registerRetrievalLayers();
 * const model = await tf.loadLayersModel('pets/model.json');
 */
export function registerRetrievalLayers(): void {
  const classes = [L2Normalize, CosineMatch, ClassAggregate] as unknown as Parameters<
    typeof serialization.registerClass
  >[0][];
  for (const layer of classes) serialization.registerClass(layer, 'Nearkin', layer.className.replace('Nearkin>', ''));
}
