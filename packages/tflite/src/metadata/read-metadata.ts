import { type FlatTable, type FlatVector, openFlatBuffer } from '@nearkin/core';
import type { TfliteModel } from '../model/read-model.js';
import {
  AssociatedFile,
  type AssociatedFileKind,
  associatedFileKinds,
  ModelMetadata,
  metadataEntry,
  metadataIdentifier,
  NormalizationOptions,
  ProcessKind,
  ProcessUnit,
  SubGraphMetadata,
  TensorMetadata,
} from './metadata-schema.js';

/** Samples from 0 to 255 become (sample - mean) / std; one number, or one for each channel. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** What a model's TFLite metadata says, as far as classifiers and embedders need it. */
export interface TfliteMetadata {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly version?: string | undefined;
  readonly author?: string | undefined;
  readonly license?: string | undefined;
  readonly normalization?: Normalization | undefined;
  /** Files that the metadata names, and which part of the model they belong to. */
  readonly files: readonly {
    readonly name: string;
    readonly kind: AssociatedFileKind;
    readonly of: 'model' | 'input' | 'output';
  }[];
}

/** Pictures have at most so many channels, models so many files. */
const maxItems = 64;

/**
 * Reads the TFLite metadata of a model.
 *
 * @returns undefined for a model without
 * @throws {NearkinError} `BAD_FORMAT` for damaged metadata
 */
export function readMetadata(model: TfliteModel): TfliteMetadata | undefined {
  const root = openMetadata(metadataBytes(model));
  if (!root) return undefined;
  const subgraph = first(root.tables(ModelMetadata.subgraphs));
  const input = subgraph && first(subgraph.tables(SubGraphMetadata.inputs));
  const output = subgraph && first(subgraph.tables(SubGraphMetadata.outputs));
  return {
    name: root.text(ModelMetadata.name),
    description: root.text(ModelMetadata.description),
    version: root.text(ModelMetadata.version),
    author: root.text(ModelMetadata.author),
    license: root.text(ModelMetadata.license),
    normalization: input && normalizationOf(input),
    files: [
      ...filesOf(root.tables(ModelMetadata.associatedFiles), 'model'),
      ...(subgraph ? filesOf(subgraph.tables(SubGraphMetadata.associatedFiles), 'model') : []),
      ...(input ? filesOf(input.tables(TensorMetadata.associatedFiles), 'input') : []),
      ...(output ? filesOf(output.tables(TensorMetadata.associatedFiles), 'output') : []),
    ],
  };
}

/** The bytes of a model's metadata; undefined for a model without. */
export function metadataBytes(model: TfliteModel): Uint8Array | undefined {
  const entry = model.metadata.find(({ name }) => name === metadataEntry);
  const bytes = entry && model.buffer(entry.buffer);
  return bytes && bytes.length > 0 ? bytes : undefined;
}

export function openMetadata(bytes: Uint8Array | undefined): FlatTable | undefined {
  return bytes && openFlatBuffer(bytes, { identifier: metadataIdentifier, what: 'The metadata of the model' });
}

export function first(tables: FlatVector<FlatTable>): FlatTable | undefined {
  return tables.length > 0 ? tables.at(0) : undefined;
}

function normalizationOf(input: FlatTable): Normalization | undefined {
  const units = input.tables(TensorMetadata.processUnits);
  for (let i = 0; i < Math.min(units.length, maxItems); i++) {
    const unit = units.at(i);
    if (unit.number(ProcessUnit.optionsType, 'uint8') !== ProcessKind.normalization) continue;
    const options = unit.table(ProcessUnit.options);
    if (!options) continue;
    const numbers = (slot: number) => {
      const list = options.numbers(slot, 'float32');
      return Array.from({ length: Math.min(list.length, maxItems) }, (_, k) => list.at(k));
    };
    return { mean: numbers(NormalizationOptions.mean), std: numbers(NormalizationOptions.std) };
  }
  return undefined;
}

function filesOf(files: FlatVector<FlatTable>, of: 'model' | 'input' | 'output'): TfliteMetadata['files'][number][] {
  return Array.from({ length: Math.min(files.length, maxItems) }, (_, i) => {
    const file = files.at(i);
    return {
      name: file.text(AssociatedFile.name) ?? '',
      kind: associatedFileKinds[file.number(AssociatedFile.type, 'int8')] ?? 'unknown',
      of,
    };
  });
}
