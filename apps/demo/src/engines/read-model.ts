import { type Embedder, type Gallery, NearkinError, readGallery } from '@nearkin/core';
import { loadClassifier, type ModelMetadata } from '@nearkin/retrieval';
import { rowsFile, settingsFile } from './export-classifier.js';
import type { Rows } from './teach.worker.js';
import { unzipFiles } from './zip.js';

/** The list of pictures in a zip that was saved here. */
export const picturesFile = 'pictures.json';

/** An album model, of whichever of the formats that are exported here. */
export interface ReadModel {
  readonly rows: Rows;
  readonly modelId: string;
  readonly card: { readonly [Text in keyof ModelMetadata]?: string };
  readonly unknownBelow: number | undefined;
  readonly pictures: readonly { readonly id: string; readonly name: string; readonly picture: Blob | undefined }[];
  /** Files of the base model, where they came along. */
  readonly base: ReadonlyMap<string, Uint8Array> | undefined;
}

/**
 * Opens a model file: a zip of a saved model or a GraphModel, a `.tflite`, a `.nearkin`. What it is, its bytes say.
 *
 * @param known an embedder that is loaded already, in case the model was made with it
 * @throws {NearkinError} `BAD_FORMAT` for anything else, or a model without its rows; what the formats' readers throw
 */
export async function readModel(file: Blob, known: Embedder<Blob> | undefined): Promise<ReadModel> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const starts = (text: string, at = 0) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
  if (starts('TFL3', 4)) return readTflite(bytes);
  if (starts('PK')) return readZip(await unzipFiles(bytes), known);
  return readIndex(bytes);
}

async function readZip(files: Map<string, Uint8Array>, known: Embedder<Blob> | undefined): Promise<ReadModel> {
  const base = new Map([...files].filter(([name]) => !name.startsWith('pictures')));
  const rows = base.get(rowsFile);
  if (rows) {
    const { userDefinedMetadata } = parse(base.get('model.json')) as GraphJson;
    const settings = userDefinedMetadata?.nearkin?.classifier?.settings;
    return ofGallery(readGallery(rows), { base, card: settings?.metadata, unknownBelow: settings?.unknownBelow });
  }
  using loaded = await open(base, known);
  const { gallery, settings, modelId } = loaded;
  const { metadata: card, unknownBelow } = settings;
  return { ...ofGallery({ ...gallery, modelId }, { base, card, unknownBelow }), pictures: picturesOf(files) };
}

interface GraphJson {
  readonly userDefinedMetadata?: {
    readonly nearkin?: { readonly classifier?: { readonly settings?: { metadata?: unknown; unknownBelow?: unknown } } };
  };
}

/** The embedder inside is not loaded where it is the one that runs. */
async function open(files: ReadonlyMap<string, Uint8Array>, known: Embedder<Blob> | undefined) {
  if (known)
    try {
      return await loadClassifier(files, { embedder: known });
    } catch (error) {
      if (!(error instanceof NearkinError && /^(MODEL|DIMENSION)_MISMATCH$/.test(error.code))) throw error;
    }
  return loadClassifier<Blob>(files);
}

async function readTflite(bytes: Uint8Array): Promise<ReadModel> {
  const { describeTflite, readAssociatedFile } = await import('@nearkin/tflite');
  const { metadata, files } = describeTflite(bytes);
  if (!files.some(({ name }) => name === rowsFile))
    throw new NearkinError(
      'BAD_FORMAT',
      `This .tflite holds no albums; one that was exported here has them in ${rowsFile}.`,
    );
  const isThere = files.some(({ name }) => name === settingsFile);
  const settings = isThere ? parse(await readAssociatedFile(bytes, settingsFile)) : undefined;
  const { unknownBelow } = (settings ?? {}) as { unknownBelow?: unknown };
  return ofGallery(readGallery(await readAssociatedFile(bytes, rowsFile)), { card: metadata, unknownBelow });
}

async function readIndex(bytes: Uint8Array): Promise<ReadModel> {
  const { createClassifier, openIndex } = await import('@nearkin/searcher');
  using index = await openIndex(bytes);
  const { unknownBelow } = index.stats();
  const embedder = { id: index.modelId ?? '', dim: index.dim, embed: nothing, dispose: () => {} };
  const { gallery } = createClassifier(embedder, index, { unknownBelow: {} });
  return ofGallery(gallery, { unknownBelow });
}

const nothing = () => Promise.reject(new NearkinError('UNSUPPORTED', 'Rows only.'));

/** Texts of files are data: only strings get through, and only the five that a card has. */
function ofGallery(
  { ids, labels, vectors, modelId = '' }: Gallery,
  about: { base?: ReadonlyMap<string, Uint8Array>; card?: unknown; unknownBelow?: unknown },
): ReadModel {
  const card = (typeof about.card === 'object' && about.card !== null ? about.card : {}) as Record<string, unknown>;
  const texts = ['name', 'description', 'author', 'version', 'license'].flatMap((key) =>
    typeof card[key] === 'string' ? [[key, card[key]] as const] : [],
  );
  return {
    rows: { ids, labels, data: vectors.data, dim: vectors.dim },
    modelId,
    card: Object.fromEntries(texts),
    unknownBelow: typeof about.unknownBelow === 'number' ? about.unknownBelow : undefined,
    pictures: [],
    base: about.base,
  };
}

function picturesOf(files: ReadonlyMap<string, Uint8Array>): ReadModel['pictures'] {
  const listed = files.has(picturesFile) ? parse(files.get(picturesFile)) : [];
  if (!Array.isArray(listed)) throw new NearkinError('BAD_FORMAT', `${picturesFile} in this zip is not a list.`);
  return listed.map((item: { id?: unknown; name?: unknown; file?: unknown; type?: unknown } | null) => {
    const bytes = files.get(String(item?.file));
    const type = /^image\/[\w.+-]+$/.test(String(item?.type)) ? String(item?.type) : 'image/png';
    return {
      id: String(item?.id),
      name: String(item?.name ?? item?.id),
      picture: bytes && new Blob([bytes as Uint8Array<ArrayBuffer>], { type }),
    };
  });
}

function parse(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new NearkinError('BAD_FORMAT', 'This file is not a model that was saved or exported here.', { cause });
  }
}
