import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LayersArtifacts } from '../src/layers/layers-artifacts.js';

/** What tfjs would write to a file. */
export async function artifactsOf(model: LayersModel): Promise<LayersArtifacts> {
  let artifacts: io.ModelArtifacts = {};
  await model.save(
    io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return artifacts as LayersArtifacts;
}
