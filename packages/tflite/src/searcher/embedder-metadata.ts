import {
  Content,
  colorSpaces,
  contentKinds,
  ImageProperties,
  ModelMetadata,
  metadataIdentifier,
  NormalizationOptions,
  ProcessUnit,
  processKinds,
  SubGraphMetadata,
  TensorMetadata,
} from '../metadata/metadata-schema.js';
import type { Normalization } from '../metadata/read-metadata.js';
import { createFlatWriter, type Place } from '../model/flat-writer.js';

/** Metadata of a picture embedder that has none: how samples become its input, and names of input and output. */
export function embedderMetadata({ mean, std }: Normalization): Uint8Array {
  const writer = createFlatWriter(1024);
  const named = (name: string, kind: number, units: Place | undefined): Place => {
    const text = writer.text(name);
    // Devices take pictures of no other colours than red, green and blue.
    const properties = writer.table(
      kind === contentKinds.image ? [[ImageProperties.colorSpace, 'int8', colorSpaces.rgb]] : [],
    );
    const content = writer.table([
      [Content.propertiesType, 'int8', kind],
      [Content.properties, 'place', properties],
    ]);
    return writer.table([
      [TensorMetadata.name, 'place', text],
      [TensorMetadata.content, 'place', content],
      [TensorMetadata.processUnits, 'place', units],
    ]);
  };
  const means = writer.float32s(mean);
  const deviations = writer.float32s(std);
  const options = writer.table([
    [NormalizationOptions.mean, 'place', means],
    [NormalizationOptions.std, 'place', deviations],
  ]);
  const unit = writer.table([
    [ProcessUnit.optionsType, 'int8', processKinds.normalization],
    [ProcessUnit.options, 'place', options],
  ]);
  const inputs = writer.places([named('image', contentKinds.image, writer.places([unit]))]);
  const outputs = writer.places([named('embedding', contentKinds.feature, undefined)]);
  const subgraph = writer.table([
    [SubGraphMetadata.inputs, 'place', inputs],
    [SubGraphMetadata.outputs, 'place', outputs],
  ]);
  const subgraphs = writer.places([subgraph]);
  const version = writer.text('1.0.0');
  const root = writer.table([
    [ModelMetadata.subgraphs, 'place', subgraphs],
    [ModelMetadata.minParserVersion, 'place', version],
  ]);
  return writer.finish(root, metadataIdentifier);
}
