import { NearkinError } from '@nearkin/core';
import { appendZip, storedEntry } from '../metadata/append-zip.js';
import { AssociatedFile, ModelMetadata, SubGraphMetadata, TensorMetadata } from '../metadata/metadata-schema.js';
import { first, metadataBytes, type Normalization, openMetadata } from '../metadata/read-metadata.js';
import { unpackEntry } from '../metadata/unpack-entry.js';
import { splitModel, type ZipEntry } from '../metadata/zip-entries.js';
import { readModel, type TfliteModel } from '../model/read-model.js';
import { attachIndexFile, isIndexFile } from './attach-index-file.js';
import { type ReadSearcherOptions, readSearcherIndex } from './read-searcher-index.js';
import type { SearcherIndex } from './searcher-index.js';
import { type WriteSearcherOptions, writeSearcherIndex } from './write-searcher-index.js';

/** A model that searches: an embedder, and the index of what it is asked to find. */
export interface TfliteSearcher {
  readonly index: SearcherIndex;
  /** What the file is called inside the model. */
  readonly indexName: string;
  /** The whole model, as given: runtimes take it for an embedder. */
  readonly embedder: Uint8Array;
}

/**
 * Reads the index inside a searcher `.tflite`, as TFLite Model Maker exports it: the associated file that the metadata
 * of an output tensor calls a ScaNN index.
 *
 * @throws {NearkinError} `NOT_FOUND` for a model without an index, `BAD_FORMAT`, `TOO_LARGE`, `UNSUPPORTED`
 * @source TFLite Support, metadata_schema.fbs, SCANN_INDEX_FILE
 * @example
 * const { index } = await readTfliteSearcher(await readFile('searcher.tflite'));
 */
export async function readTfliteSearcher(
  bytes: Uint8Array,
  options: ReadSearcherOptions = {},
): Promise<TfliteSearcher> {
  const { model, entries } = splitModel(bytes);
  const name = indexFileName(readModel(model));
  const entry = entries.find((candidate) => candidate.name === name);
  if (name === undefined || !entry)
    throw new NearkinError(
      'NOT_FOUND',
      name === undefined
        ? 'Expected a searcher, got a model whose metadata names no search index; writeTfliteSearcher adds one.'
        : `Expected the search index ${JSON.stringify(name)} behind the model; there is no such file.`,
      { details: { files: entries.map((file) => file.name) } },
    );
  const content = await unpackEntry(entry, { limit: Math.max(4 * bytes.length, options.expandAtMost ?? 0) });
  return { index: readSearcherIndex(content, options), indexName: entry.name, embedder: bytes };
}

/** How a searcher is written. */
export interface WriteTfliteSearcherOptions extends WriteSearcherOptions {
  /** What the index file is called inside the model. Default: the name that the embedder has for it, else the one of TFLite Model Maker. */
  readonly indexName?: string | undefined;
  /** For a picture embedder without metadata: samples from 0 to 255 become (sample - mean) / std. */
  readonly normalization?: Normalization | undefined;
}

/**
 * Puts an index into an embedder: a `.tflite` file that ImageSearcher and TextSearcher of the Task Library open with
 * nothing else. An index that was there before is replaced; tensors, weights and all other files stay.
 *
 * @param embedder a `.tflite` with TFLite metadata, which tells devices how to feed it; or a picture embedder and its
 *   `normalization`
 * @throws {NearkinError} `BAD_MODEL` for an embedder without metadata, `DIMENSION_MISMATCH`, `UNSUPPORTED` for an index
 *   that no device searches, `BAD_FORMAT`, `TOO_LARGE`
 * @example
 * await writeFile('searcher.tflite', writeTfliteSearcher(embedder, index));
 */
export function writeTfliteSearcher(
  embedder: Uint8Array,
  index: SearcherIndex,
  options: WriteTfliteSearcherOptions = {},
): Uint8Array {
  const { model: bytes, entries } = splitModel(embedder);
  const model = readModel(bytes);
  const old = indexFileName(model);
  const name = options.indexName ?? old ?? 'on_device_scann_index.ldb';
  const content = writeSearcherIndex(index, options);
  const kept: ZipEntry[] = entries.filter((entry) => entry.name !== name && entry.name !== old);
  // The index comes last: everything before it then stays where it was, whatever its size.
  return appendZip(attachIndexFile(model, { name, index, normalization: options.normalization }), [
    ...kept,
    storedEntry(name, content),
  ]);
}

/** The first file of that kind of any output. */
function indexFileName(model: TfliteModel): string | undefined {
  const metadata = openMetadata(metadataBytes(model));
  const subgraph = metadata && first(metadata.tables(ModelMetadata.subgraphs));
  const outputs = subgraph?.tables(SubGraphMetadata.outputs);
  for (let i = 0; outputs && i < outputs.length; i++) {
    const files = outputs.at(i).tables(TensorMetadata.associatedFiles);
    for (let k = 0; k < files.length; k++) {
      const file = files.at(k);
      if (isIndexFile(file)) return file.text(AssociatedFile.name);
    }
  }
  return undefined;
}
