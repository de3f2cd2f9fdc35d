import type { FlatTable } from '@nearkin/core';
import { createFlatWriter, type Field, type FlatWriter, type Place } from '../model/flat-writer.js';
import {
  AssociatedFile,
  type AssociatedFileKind,
  associatedFileKinds,
  ColorSpace,
  Content,
  ContentKind,
  ImageProperties,
  ModelMetadata,
  metadataIdentifier,
  NormalizationOptions,
  ProcessKind,
  ProcessUnit,
  ScoreThresholdingOptions,
  Stats,
  SubGraphMetadata,
  TensorMetadata,
} from './metadata-schema.js';
import { first, type Normalization, openMetadata } from './read-metadata.js';

/** Tables of metadata that there is already. */
export interface OldMetadata {
  readonly root: FlatTable | undefined;
  readonly subgraph: FlatTable | undefined;
}

/**
 * Writes metadata, from nothing or like older metadata: what `change` does not give anew stays as it is.
 *
 * @param change writes what is new, and gives the fields of the two tables that lead to it
 * @throws {NearkinError} `BAD_FORMAT` for damaged older metadata
 */
export function writeMetadata(
  bytes: Uint8Array | undefined,
  change: (
    writer: FlatWriter,
    old: OldMetadata,
  ) => { readonly root: readonly Field[]; readonly subgraph: readonly Field[] },
): Uint8Array {
  const writer = createFlatWriter((bytes?.length ?? 0) + 4096);
  if (bytes) writer.tail(bytes);
  const root = openMetadata(bytes);
  const subgraph = root && first(root.tables(ModelMetadata.subgraphs));
  const fields = change(writer, { root, subgraph });
  const subgraphs = writer.places([writer.tableLike(subgraph, SubGraphMetadata.customMetadata, fields.subgraph)]);
  const version = root?.has(ModelMetadata.minParserVersion)
    ? []
    : [textField(writer, ModelMetadata.minParserVersion, '1.0.0')];
  return writer.finish(
    writer.tableLike(root, ModelMetadata.minParserVersion, [
      [ModelMetadata.subgraphs, 'place', subgraphs],
      ...version,
      ...fields.root,
    ]),
    metadataIdentifier,
  );
}

export function textField(writer: FlatWriter, slot: number, text: string): Field {
  return [slot, 'place', writer.text(text)];
}

/** Describes the picture that goes in. */
export function writeInput(
  writer: FlatWriter,
  {
    normalization,
    channels,
  }: {
    /** Undefined: pixels go in as they are (a quantised input). */
    readonly normalization: Normalization | undefined;
    readonly channels: number;
  },
): Place {
  const { mean, std } = normalization ?? { mean: [0], std: [1] };
  const units =
    normalization &&
    writeUnit(writer, ProcessKind.normalization, [
      [NormalizationOptions.mean, 'place', writer.float32s(mean)],
      [NormalizationOptions.std, 'place', writer.float32s(std)],
    ]);
  const grey = channels === 1;
  const bounds = (value: number) => mean.map((shift, i) => (value - shift) / (std[i] ?? std[0]!));
  return writeTensor(writer, {
    name: 'image',
    description: grey ? 'The picture, grey.' : 'The picture, red, green and blue.',
    kind: ContentKind.image,
    properties: [[ImageProperties.colorSpace, 'int8', grey ? ColorSpace.gray : ColorSpace.rgb]],
    range: [bounds(0), bounds(255)],
    units,
  });
}

/** Describes numbers that come out. */
export function writeOutput(
  writer: FlatWriter,
  output: {
    readonly name: string;
    readonly description: string;
    readonly range?: readonly [number, number] | undefined;
    readonly scoreThreshold?: number | undefined;
    readonly labelFile?: string | undefined;
  },
): Place {
  const { scoreThreshold, range, labelFile } = output;
  const units =
    scoreThreshold === undefined
      ? undefined
      : writeUnit(writer, ProcessKind.scoreThresholding, [
          [ScoreThresholdingOptions.globalScoreThreshold, 'float32', scoreThreshold],
        ]);
  return writeTensor(writer, {
    ...output,
    kind: ContentKind.feature,
    properties: [],
    range: range?.map((bound) => [bound]),
    units,
    files: labelFile === undefined ? undefined : writer.places([writeFile(writer, labelFile, 'tensor-axis-labels')]),
  });
}

function writeTensor(
  writer: FlatWriter,
  tensor: {
    readonly name: string;
    readonly description: string;
    readonly kind: ContentKind;
    readonly properties: readonly Field[];
    /** Smallest and largest number, one or one for each channel. */
    readonly range: readonly (readonly number[])[] | undefined;
    readonly units: Place | undefined;
    readonly files?: Place | undefined;
  },
): Place {
  const properties = writer.table(tensor.properties);
  const content = writer.table([
    [Content.propertiesType, 'int8', tensor.kind],
    [Content.properties, 'place', properties],
  ]);
  const [min, max] = tensor.range?.map((bounds) => writer.float32s(bounds)) ?? [];
  return writer.table([
    textField(writer, TensorMetadata.name, tensor.name),
    textField(writer, TensorMetadata.description, tensor.description),
    [TensorMetadata.content, 'place', content],
    [TensorMetadata.processUnits, 'place', tensor.units],
    [
      TensorMetadata.stats,
      'place',
      min &&
        writer.table([
          [Stats.max, 'place', max],
          [Stats.min, 'place', min],
        ]),
    ],
    [TensorMetadata.associatedFiles, 'place', tensor.files],
  ]);
}

/** A list of one process unit. */
function writeUnit(writer: FlatWriter, kind: ProcessKind, options: readonly Field[]): Place {
  const table = writer.table(options);
  return writer.places([
    writer.table([
      [ProcessUnit.optionsType, 'int8', kind],
      [ProcessUnit.options, 'place', table],
    ]),
  ]);
}

/** Names a file that is kept with the model. */
export function writeFile(writer: FlatWriter, name: string, kind: AssociatedFileKind): Place {
  return writer.table([
    textField(writer, AssociatedFile.name, name),
    [AssociatedFile.type, 'int8', associatedFileKinds.indexOf(kind)],
  ]);
}
