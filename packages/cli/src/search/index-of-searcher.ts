import { createGallery, type Gallery, type Vectors } from '@nearkin/core';
import { buildIndex, fromSnapshot, type IndexHeader, type SearchIndex } from '@nearkin/searcher';
import { galleryOfSearcher, type SearcherIndex, searchedPartitions, searcherDistance } from '@nearkin/tflite';

/** How rows of an index file for devices come into an index: vectors, codes, or vectors that codes stand for. */
export type NearkinForm = 'float32' | 'codes' | 'decoded';

const paddedTo = (step: number, dim: number) => Math.ceil(dim / step) * step;
const codewordsOfByte = 256;

/**
 * An index file for devices as an index: the same partitions, and as many of them searched. Vectors stay as they are;
 * in partitions they are scanned as int8 and the best scored again as they are. Codes stay where all blocks have the
 * same width, and are decoded where not.
 *
 * @throws {NearkinError} `UNSUPPORTED` for codes without a codebook, `NON_FINITE`
 */
export async function indexOfSearcher(searcher: SearcherIndex): Promise<{ index: SearchIndex; form: NearkinForm }> {
  const gallery = galleryOfDevice(searcher);
  const metric = searcherDistance(searcher);
  const vectors = searcher.rows instanceof Float32Array;
  if (searcher.count === 0 || (vectors && !searcher.config.partitioner?.leaves))
    return { index: await buildIndex(gallery, { kind: 'flat', metric }), form: 'float32' };
  const { dim, count } = gallery.vectors;
  const partitions = searcher.partitionOffsets.length - 1;
  const leaves = searcher.config.partitioner?.leaves;
  const common = {
    kind: 'partitioned',
    metric,
    dim,
    count,
    ...(gallery.modelId === undefined ? {} : { modelId: gallery.modelId }),
    seed: 0,
    partitions,
  } as const;
  const partitionsToSearch = Math.max(1, searchedPartitions(searcher));
  const codebook = vectors ? undefined : evenCodebook(searcher);
  const header: IndexHeader = codebook
    ? {
        ...common,
        codes: 'pq8',
        reorder: 'none',
        dimensionsPerBlock: codebook.width,
        residual: false,
        search: { partitionsToSearch, reorder: 0 },
      }
    : { ...common, codes: 'int8', reorder: 'float32', search: { partitionsToSearch, reorder: 100 } };
  const sections = new Map<string, Uint8Array>();
  const put = (name: string, { buffer, byteOffset, byteLength }: ArrayBufferView) =>
    sections.set(name, new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
  put('centroids', leaves ? padRows(leaves, 4) : new Float32Array(paddedTo(4, dim)));
  put('partition.offsets', searcher.partitionOffsets);
  put(
    'row.ids',
    Uint32Array.from({ length: count }, (_, row) => row),
  );
  let norms = squaredLengths(gallery.vectors);
  if (codebook) {
    put('codebook', codebook.data);
    put('codes', searcher.rows);
  } else {
    const whole = wholeRows(gallery.vectors);
    put('rows.int8', whole.rows);
    put('rows.scale', whole.scales);
    put('rows.f32', padRows(gallery.vectors, 4));
    norms = whole.norms;
  }
  if (metric === 'squaredL2') put('rows.norm', norms);
  const { ids, labels, metadata } = gallery;
  const index = await fromSnapshot({ header, sections, ids, labels, metadata });
  return { index, form: codebook ? 'codes' : vectors ? 'float32' : 'decoded' };
}

/** The rows of an index file, with the embedder that `convert` noted in it. */
export function galleryOfDevice(searcher: SearcherIndex): Gallery {
  const gallery = galleryOfSearcher(searcher);
  return createGallery({ ...gallery, modelId: modelIdOf(searcher.userInfo) });
}

function modelIdOf(userInfo: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(userInfo));
    const modelId = typeof value === 'object' && value !== null && 'modelId' in value ? value.modelId : undefined;
    return typeof modelId === 'string' ? modelId : undefined;
  } catch {
    return undefined;
  }
}

/** The codebook as an index keeps it, 256 codewords a block; undefined when blocks differ in width before the last. */
function evenCodebook({ config }: SearcherIndex): { width: number; data: Float32Array } | undefined {
  const { widths, codewords, data } = config.indexer!.codebook;
  const [width = 0] = widths;
  const last = widths.length - 1;
  if (widths.some((size, block) => (block < last ? size !== width : size > width))) return undefined;
  const even = new Float32Array(widths.length * codewordsOfByte * width);
  let at = 0;
  widths.forEach((size, block) => {
    for (let word = 0; word < codewords; word++, at += size)
      even.set(data.subarray(at, at + size), (block * codewordsOfByte + word) * width);
  });
  return { width, data: even };
}

function padRows({ data, dim, count }: Vectors, step: number): Float32Array {
  const stride = paddedTo(step, dim);
  const padded = new Float32Array(count * stride);
  for (let row = 0; row < count; row++) padded.set(data.subarray(row * dim, (row + 1) * dim), row * stride);
  return padded;
}

function squaredLengths({ data, dim, count }: Vectors): Float32Array {
  return Float32Array.from({ length: count }, (_, row) => {
    let squares = 0;
    for (let j = row * dim; j < (row + 1) * dim; j++) squares += data[j]! ** 2;
    return squares;
  });
}

/** Rows in whole numbers from -127 to 127, what one is worth in each, and the squared lengths of rows kept so. */
function wholeRows({ data, dim, count }: Vectors) {
  const stride = paddedTo(16, dim);
  const rows = new Int8Array(count * stride);
  const scales = new Float32Array(count);
  const norms = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    let most = 0;
    for (let j = row * dim; j < (row + 1) * dim; j++) most = Math.max(most, Math.abs(data[j]!));
    scales[row] = most / 127;
    let squares = 0;
    for (let j = 0; j < dim && most > 0; j++) {
      const whole = Math.round((data[row * dim + j]! / most) * 127);
      rows[row * stride + j] = whole;
      squares += whole * whole;
    }
    norms[row] = squares * scales[row]! ** 2;
  }
  return { rows, scales, norms };
}
