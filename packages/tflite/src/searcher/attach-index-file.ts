import { type FlatTable, NearkinError, openFlatBuffer } from '@nearkin/core';
import {
  AssociatedFile,
  associatedFileKinds,
  ModelMetadata,
  metadataEntry,
  metadataIdentifier,
  SubGraphMetadata,
  TensorMetadata,
} from '../metadata/metadata-schema.js';
import { first, metadataBytes, type Normalization } from '../metadata/read-metadata.js';
import { createFlatWriter, type Field, type FlatWriter, type Place, placesOf } from '../model/flat-writer.js';
import type { TfliteModel } from '../model/read-model.js';
import { Buffer, Metadata, Model, modelIdentifier, schemaVersion } from '../model/schema.js';
import { embedderMetadata } from './embedder-metadata.js';
import { assertSearchable, dimensionOf } from './searchable.js';
import type { SearcherIndex } from './searcher-index.js';

const indexKind = associatedFileKinds.indexOf('scann-index');

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
  const metadata =
    bytes && openFlatBuffer(bytes, { identifier: metadataIdentifier, what: 'The metadata of the model' });
  const subgraph = metadata && first(metadata.tables(ModelMetadata.subgraphs));
  const outputs = subgraph?.tables(SubGraphMetadata.outputs);
  if (!metadata || !subgraph || !outputs || outputs.length === 0)
    throw new NearkinError(
      'BAD_MODEL',
      'Expected an embedder with TFLite metadata of its outputs, which tells devices how to feed it; for a picture embedder without any, say its normalization.',
    );
  const output = embeddingOutput(model, subgraph);
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
  return replaceMetadata(model, writeMetadataWithIndex(bytes, { name, metadata, subgraph, output }));
}

/** Models of question answering (three inputs without process units) embed into their second output. */
function embeddingOutput(model: TfliteModel, subgraph: FlatTable): number {
  const units = subgraph.tables(SubGraphMetadata.inputProcessUnits).length;
  return model.inputs.length === 3 && model.outputs.length > 1 && units === 0 ? 1 : 0;
}

function writeMetadataWithIndex(
  bytes: Uint8Array,
  parts: { name: string; metadata: FlatTable; subgraph: FlatTable; output: number },
): Uint8Array {
  const { name, metadata, subgraph, output } = parts;
  const writer = createFlatWriter(bytes.length + 3 * name.length + 4096);
  const place = writer.tail(bytes);
  const outputs = subgraph.tables(SubGraphMetadata.outputs);
  const places = placesOf(outputs, place);
  // An index that any output had before goes.
  for (let i = 0; i < outputs.length; i++) {
    const files = outputs.at(i).tables(TensorMetadata.associatedFiles);
    const kept: Place[] = [];
    for (let k = 0; k < files.length; k++)
      if (files.at(k).number(AssociatedFile.type, 'int8') !== indexKind) kept.push(place(files.at(k).position));
    if (kept.length === files.length && i !== output) continue;
    if (i === output) kept.push(writeIndexFile(writer, name));
    places[i] = copyTable(writer, outputs.at(i), {
      place,
      texts: [TensorMetadata.name, TensorMetadata.description],
      tables: [TensorMetadata.stats, TensorMetadata.content],
      lists: [TensorMetadata.dimensionNames, TensorMetadata.processUnits],
      replaced: [[TensorMetadata.associatedFiles, 'place', kept.length > 0 ? writer.places(kept) : undefined]],
    });
  }
  const newSubgraph = copyTable(writer, subgraph, {
    place,
    texts: [SubGraphMetadata.name, SubGraphMetadata.description],
    tables: [],
    lists: [
      SubGraphMetadata.inputs,
      SubGraphMetadata.associatedFiles,
      SubGraphMetadata.inputProcessUnits,
      SubGraphMetadata.outputProcessUnits,
      SubGraphMetadata.inputGroups,
      SubGraphMetadata.outputGroups,
      SubGraphMetadata.customMetadata,
    ],
    replaced: [[SubGraphMetadata.outputs, 'place', writer.places(places)]],
  });
  const root = copyTable(writer, metadata, {
    place,
    texts: [
      ModelMetadata.name,
      ModelMetadata.description,
      ModelMetadata.version,
      ModelMetadata.author,
      ModelMetadata.license,
      ModelMetadata.minParserVersion,
    ],
    tables: [],
    lists: [ModelMetadata.associatedFiles],
    replaced: [[ModelMetadata.subgraphs, 'place', writer.places([newSubgraph])]],
  });
  return writer.finish(root, metadataIdentifier);
}

function writeIndexFile(writer: FlatWriter, name: string): Place {
  const text = writer.text(name);
  const description = writer.text('The search index of this embedder.');
  return writer.table([
    [AssociatedFile.name, 'place', text],
    [AssociatedFile.description, 'place', description],
    [AssociatedFile.type, 'int8', indexKind],
  ]);
}

/** A table whose parts stay where they are, but for those replaced. */
function copyTable(
  writer: FlatWriter,
  old: FlatTable,
  parts: {
    place: (position: number) => Place;
    texts: readonly number[];
    tables: readonly number[];
    lists: readonly number[];
    replaced: readonly Field[];
  },
): Place {
  const fields: Field[] = [...parts.replaced];
  for (const slot of parts.texts) {
    const text = old.text(slot);
    if (text !== undefined) fields.push([slot, 'place', writer.text(text)]);
  }
  for (const slot of parts.tables) {
    const table = old.table(slot);
    if (table) fields.push([slot, 'place', parts.place(table.position)]);
  }
  for (const slot of parts.lists)
    if (old.has(slot)) fields.push([slot, 'place', parts.place(old.tables(slot).position)]);
  return writer.table(fields);
}

/** The model with other metadata; every other part stays where it is. */
function replaceMetadata(model: TfliteModel, bytes: Uint8Array): Uint8Array {
  const { root } = model;
  const writer = createFlatWriter(model.bytes.length + bytes.length + 4 * root.tables(Model.buffers).length + 4096);
  const place = writer.tail(model.bytes);
  const buffers = placesOf(root.tables(Model.buffers), place);
  const written = writer.table([[Buffer.data, 'place', writer.bytes(bytes)]]);
  const entries = placesOf(root.tables(Model.metadata), place);
  const entry = model.metadata.find(({ name }) => name === metadataEntry);
  if (entry) buffers[entry.buffer] = written;
  else {
    const name = writer.text(metadataEntry);
    const buffer = buffers.push(written) - 1;
    entries.push(
      writer.table([
        [Metadata.name, 'place', name],
        [Metadata.buffer, 'uint32', buffer],
      ]),
    );
  }
  const list = (slot: number): Field => [slot, 'place', root.has(slot) ? place(root.tables(slot).position) : undefined];
  const description = writer.text(root.text(Model.description) ?? '');
  const newBuffers = writer.places(buffers);
  const newEntries = writer.places(entries);
  const metadataBuffer = root.numbers(Model.metadataBuffer, 'int32');
  return writer.finish(
    writer.table([
      [Model.version, 'uint32', schemaVersion],
      list(Model.operatorCodes),
      list(Model.subgraphs),
      [Model.description, 'place', description],
      [Model.buffers, 'place', newBuffers],
      [Model.metadataBuffer, 'place', metadataBuffer.length > 0 ? place(metadataBuffer.position) : undefined],
      [Model.metadata, 'place', newEntries],
      list(Model.signatureDefs),
    ]),
    modelIdentifier,
  );
}
