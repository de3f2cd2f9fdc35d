import { NearkinError } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import type { RetrievalClassifier } from '../classifier/retrieval-classifier.js';
export async function graphArtifacts<Input>(_c: RetrievalClassifier<Input>): Promise<io.ModelArtifacts> {
  throw new NearkinError('UNSUPPORTED', 'not yet');
}
