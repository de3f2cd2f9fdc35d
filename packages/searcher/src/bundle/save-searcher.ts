import { type BundleTarget, writeBundle } from '@nearkin/core';
import { rootFile, writeRoot } from './bundle-format.js';
import { type BundleSearcher, searcherParts } from './bundle-searcher.js';
import { checkedName } from './checked-name.js';
import { type EncoderFiles, embeddersPackage } from './embedders-package.js';
import type { QueryEncoder } from './query-encoder.js';
import { rowIds } from './row-ids.js';
import { noThumbnails, thumbnailFiles } from './thumbnails.js';

/** What `saveSearcher` does. */
export async function saveSearcherNow<Image>(searcher: BundleSearcher<Image>, target: BundleTarget): Promise<void> {
  await writeBundle(target, await filesOfSearcher(searcher), rootFile);
  await searcherParts(searcher).onSaved?.();
}

/** What `searcherFiles` does. */
export async function filesOfSearcher<Image>(searcher: BundleSearcher<Image>): Promise<Map<string, Uint8Array>> {
  const { index, encoder, userinfo, thumbnails = noThumbnails, encoderFiles } = searcherParts(searcher);
  const bytes = index.toBytes();
  const indexName = checkedName('index.nearkin', bytes);
  const files = new Map([[indexName, bytes]]);
  const parts = encoderFiles ? await encoderFiles() : await filesOf(encoder);
  let encoderName: string | null = null;
  for (const [name, content] of parts ?? []) {
    const full = name === 'model.json' ? checkedName('encoder.json', content) : name;
    if (name === 'model.json') encoderName = full;
    files.set(full, content);
  }
  const small = await thumbnailFiles(thumbnails, rowIds(index));
  for (const [name, content] of small.files) files.set(name, content);
  const root = {
    dim: index.dim,
    modelId: encoder.id,
    index: indexName,
    encoder: encoderName,
    thumbnails: small.table ?? null,
    userinfo,
    files: [...files.keys()].sort(),
  };
  return new Map([...files, [rootFile, writeRoot(root)]]);
}

/** @returns undefined for an encoder that cannot be saved */
async function filesOf<Image>(encoder: QueryEncoder<Image>): Promise<EncoderFiles | undefined> {
  const { canSaveEncoder, createEncoder, encoderFiles } = await embeddersPackage();
  type Towers = Parameters<typeof createEncoder>[0];
  const known = ('towers' in encoder ? encoder : createEncoder(encoder as Towers)) as ReturnType<typeof createEncoder>;
  return known.id === encoder.id && canSaveEncoder(known) ? encoderFiles(known) : undefined;
}
