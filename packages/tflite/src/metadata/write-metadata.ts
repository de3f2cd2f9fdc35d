import type { FlatTable } from '@nearkin/core';
import { createFlatWriter, type Field, type FlatWriter, type Place, placesOf } from '../model/flat-writer.js';
import type { TfliteModel } from '../model/read-model.js';
import {
  AssociatedFile,
  associatedFileKinds,
  Content,
  colorSpaces,
  contentKinds,
  ImageProperties,
  ModelMetadata,
  metadataIdentifier,
  NormalizationOptions,
  ProcessUnit,
  processKinds,
  ScoreThresholdingOptions,
  Stats,
  SubGraphMetadata,
  TensorMetadata,
} from './metadata-schema.js';
import { first, metadataBytes, type Normalization, openMetadata } from './read-metadata.js';

/** What a person should know about a model. */
export interface ModelCard {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly author?: string | undefined;
  readonly version?: string | undefined;
  readonly license?: string | undefined;
}

export interface ClassifierMetadata {
  readonly card: ModelCard;
  /** Of the picture input; undefined: pixels go in as they are (a quantised input). Unused where the base's own stays. */
  readonly normalization: Normalization | undefined;
  /** Channels of the picture input. */
  readonly channels: number;
  /** Whether the input is described anew though the base describes it. */
  readonly replaceInput: boolean;
  /** The file with the labels in the order of the scores. */
  readonly labelFile: string;
  /** Names of further files, of kind `descriptions`. */
  readonly files: readonly string[];
  readonly scoreThreshold: number | undefined;
  /** Smallest and largest score there can be. */
  readonly scoreRange: readonly [number, number];
}

/**
 * Writes the metadata of a classifier. What the base model's metadata says of its input, and texts that the card leaves
 * open, stay; its output is described anew.
 */
export function writeMetadata(metadata: ClassifierMetadata, base: TfliteModel | undefined): Uint8Array {
  const oldBytes = base && metadataBytes(base);
  const old = base && openMetadata(base);
  const texts = Object.values(metadata.card).join('').length * 3 + metadata.files.join('').length * 3;
  const writer = createFlatWriter((oldBytes?.length ?? 0) + texts + 4096);
  const place = oldBytes ? writer.tail(oldBytes) : () => 0;
  const oldSubgraph = old && first(old.tables(ModelMetadata.subgraphs));
  const oldInputs = oldSubgraph?.tables(SubGraphMetadata.inputs);
  const keepInputs = oldInputs !== undefined && oldInputs.length > 0 && !metadata.replaceInput;
  const inputs = keepInputs ? placesOf(oldInputs, place) : [writeInput(writer, metadata)];
  const subgraph = writeSubgraph(writer, {
    inputs: writer.places(inputs),
    outputs: writer.places([writeOutput(writer, metadata)]),
    old: oldSubgraph,
    place,
  });
  const text = (slot: number, value: string | undefined): Field => {
    const known = value ?? old?.text(slot);
    return [slot, 'place', known ? writer.text(known) : undefined];
  };
  const { card } = metadata;
  const oldFiles = old?.tables(ModelMetadata.associatedFiles);
  const files = [
    ...(oldFiles ? placesOf(oldFiles, place) : []),
    ...metadata.files.map((name) => writeFile(writer, name, 'descriptions')),
  ];
  const fields: Field[] = [
    text(ModelMetadata.name, card.name),
    text(ModelMetadata.description, card.description),
    text(ModelMetadata.version, card.version),
    text(ModelMetadata.author, card.author),
    text(ModelMetadata.license, card.license),
    [ModelMetadata.subgraphs, 'place', writer.places([subgraph])],
    [ModelMetadata.associatedFiles, 'place', files.length > 0 ? writer.places(files) : undefined],
    [ModelMetadata.minParserVersion, 'place', writer.text(old?.text(ModelMetadata.minParserVersion) ?? '1.0.0')],
  ];
  return writer.finish(writer.table(fields), metadataIdentifier);
}

function writeInput(writer: FlatWriter, { normalization, channels }: ClassifierMetadata): Place {
  const units: Place[] = [];
  if (normalization) {
    const mean = writer.float32s(normalization.mean);
    const std = writer.float32s(normalization.std);
    const options = writer.table([
      [NormalizationOptions.mean, 'place', mean],
      [NormalizationOptions.std, 'place', std],
    ]);
    units.push(writeUnit(writer, processKinds.normalization, options));
  }
  const image = writer.table([
    [ImageProperties.colorSpace, 'int8', channels === 1 ? colorSpaces.gray : colorSpaces.rgb],
  ]);
  const content = writer.table([
    [Content.propertiesType, 'int8', contentKinds.image],
    [Content.properties, 'place', image],
  ]);
  const stats = writeStats(writer, [0, 255], normalization);
  const name = writer.text('image');
  const description = writer.text(channels === 1 ? 'The picture, grey.' : 'The picture, red, green and blue.');
  const processUnits = units.length > 0 ? writer.places(units) : undefined;
  return writer.table([
    [TensorMetadata.name, 'place', name],
    [TensorMetadata.description, 'place', description],
    [TensorMetadata.content, 'place', content],
    [TensorMetadata.processUnits, 'place', processUnits],
    [TensorMetadata.stats, 'place', stats],
  ]);
}

function writeOutput(writer: FlatWriter, { labelFile, scoreThreshold, scoreRange }: ClassifierMetadata): Place {
  const labels = writer.places([writeFile(writer, labelFile, 'tensor-axis-labels')]);
  const feature = writer.table([]);
  const content = writer.table([
    [Content.propertiesType, 'int8', contentKinds.feature],
    [Content.properties, 'place', feature],
  ]);
  let units: Place | undefined;
  if (scoreThreshold !== undefined) {
    const options = writer.table([[ScoreThresholdingOptions.globalScoreThreshold, 'float32', scoreThreshold]]);
    units = writer.places([writeUnit(writer, processKinds.scoreThresholding, options)]);
  }
  const stats = writeStats(writer, scoreRange, undefined);
  const name = writer.text('scores');
  const description = writer.text('Similarity to each class, higher is better.');
  return writer.table([
    [TensorMetadata.name, 'place', name],
    [TensorMetadata.description, 'place', description],
    [TensorMetadata.content, 'place', content],
    [TensorMetadata.processUnits, 'place', units],
    [TensorMetadata.stats, 'place', stats],
    [TensorMetadata.associatedFiles, 'place', labels],
  ]);
}

function writeSubgraph(
  writer: FlatWriter,
  parts: { inputs: Place; outputs: Place; old: FlatTable | undefined; place: (position: number) => Place },
): Place {
  const { old, place } = parts;
  // What speaks of the inputs, or of the model as a whole, stays; groups and units of the old outputs do not.
  const kept = [
    SubGraphMetadata.associatedFiles,
    SubGraphMetadata.inputProcessUnits,
    SubGraphMetadata.inputGroups,
    SubGraphMetadata.customMetadata,
  ].flatMap((slot): Field[] => {
    const list = old?.tables(slot);
    return list && list.length > 0 ? [[slot, 'place', place(list.position)]] : [];
  });
  return writer.table([
    [SubGraphMetadata.inputs, 'place', parts.inputs],
    [SubGraphMetadata.outputs, 'place', parts.outputs],
    ...kept,
  ]);
}

function writeStats(
  writer: FlatWriter,
  range: readonly [number, number],
  normalization: Normalization | undefined,
): Place {
  const { mean, std } = normalization ?? { mean: [0], std: [1] };
  const bounds = (value: number) => writer.float32s(mean.map((shift, i) => (value - shift) / (std[i] ?? std[0]!)));
  const max = bounds(range[1]);
  const min = bounds(range[0]);
  return writer.table([
    [Stats.max, 'place', max],
    [Stats.min, 'place', min],
  ]);
}

function writeUnit(writer: FlatWriter, kind: number, options: Place): Place {
  return writer.table([
    [ProcessUnit.optionsType, 'int8', kind],
    [ProcessUnit.options, 'place', options],
  ]);
}

function writeFile(writer: FlatWriter, name: string, kind: (typeof associatedFileKinds)[number]): Place {
  const text = writer.text(name);
  return writer.table([
    [AssociatedFile.name, 'place', text],
    [AssociatedFile.type, 'int8', associatedFileKinds.indexOf(kind)],
  ]);
}
