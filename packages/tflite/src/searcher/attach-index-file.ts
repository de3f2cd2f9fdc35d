import { type FlatTable, NearkinError } from '@nearkin/core';
import { embedderMetadata } from '../metadata/embedder-metadata.js';
import {
  AssociatedFile,
  associatedFileKinds,
  ModelMetadata,
  metadataEntry,
  SubGraphMetadata,
  TensorMetadata,
} from '../metadata/metadata-schema.js';
import { first, metadataBytes, type Normalization, openMetadata } from '../metadata/read-metadata.js';
import { writeFile, writeMetadata } from '../metadata/write-metadata.js';
import type { TfliteModel } from '../model/read-model.js';
import { writeModel } from '../model/write-model.js';
import { assertSearchable, dimensionOf } from './searchable.js';
import type { SearcherIndex } from './searcher-index.js';

/**
 * The model with metadata that names the index file at the output that embeds; without its archive.
 *
 * @throws {NearkinError} `BAD_MODEL` without metadata of outputs, `DIMENSION_MISMATCH`, `UNSUPPORTED`
 */
export function attachIndexFile(
  model: TfliteModel,
  { name, index, normalization }: { name: string; index: SearcherIndex; normalization: Normalization | undefined },
): Uint8Array {
  assertSearchable(index);
  const bytes = metadataBytes(model) ?? (normalization && embedderMetadata(normalization));
  const metadata = openMetadata(bytes);
  const subgraph = metadata && first(metadata.tables(ModelMetadata.subgraphs));
  const outputs = subgraph?.tables(SubGraphMetadata.outputs);
  if (!outputs?.length)
    throw new NearkinError(
      'BAD_MODEL',
      'Expected an embedder with TFLite metadata of its outputs, which tells devices how to feed it; for a picture embedder without any, say its normalization.',
    );
  const output = embeddingOutput(model, subgraph!);
  if (output >= outputs.length)
    throw new NearkinError('BAD_MODEL', `Expected metadata of output ${output}, there is one of ${outputs.length}.`);
  const shape = model.tensor(model.outputs[output]!).shape;
  const dim = shape.at(-1) ?? 0;
  if (dim > 0 && dim !== dimensionOf(index))
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected an index of ${dim}-d vectors, which this embedder makes; got ${dimensionOf(index)}-d.`,
      { details: { expected: dim, received: dimensionOf(index) } },
    );
  return writeModel(
    { tensors: [], operators: [], outputs: model.outputs },
    { base: model, metadata: new Map([[metadataEntry, metadataWithIndex(bytes, { name, output })]]) },
  );
}

/** Models of question answering (three inputs without process units) embed into their second output. */
function embeddingOutput(model: TfliteModel, subgraph: FlatTable): number {
  const units = subgraph.tables(SubGraphMetadata.inputProcessUnits).length;
  return model.inputs.length === 3 && model.outputs.length > 1 && units === 0 ? 1 : 0;
}

function metadataWithIndex(
  bytes: Uint8Array | undefined,
  { name, output }: { name: string; output: number },
): Uint8Array {
  return writeMetadata(bytes, (writer, { subgraph }) => {
    const old = subgraph!.tables(SubGraphMetadata.outputs);
    const outputs = writer.placesOf(old).map((place, i) => {
      const files = old.at(i).tables(TensorMetadata.associatedFiles);
      // An index that any output had before goes.
      const kept = writer.placesOf(files).filter((_, k) => !isIndexFile(files.at(k)));
      if (i === output) kept.push(writeFile(writer, name, 'scann-index'));
      else if (kept.length === files.length) return place;
      return writer.tableLike(old.at(i), TensorMetadata.associatedFiles, [
        [TensorMetadata.associatedFiles, 'place', kept.length > 0 ? writer.places(kept) : undefined],
      ]);
    });
    return { root: [], subgraph: [[SubGraphMetadata.outputs, 'place', writer.places(outputs)]] };
  });
}

/** Is this the file of a search index? */
export function isIndexFile(file: FlatTable): boolean {
  return associatedFileKinds[file.number(AssociatedFile.type, 'int8')] === 'scann-index';
}
