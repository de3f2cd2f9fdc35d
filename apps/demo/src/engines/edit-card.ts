import { buildClassifier, loadClassifier } from '@nearkin/retrieval';
import type { ModelCard } from './export-classifier.js';
import { picturesFile } from './read-model.js';
import { unzipFiles, zipFiles } from './zip.js';

/** A saved model's zip with another card inside; rows, pictures and answers stay. */
export async function editCard(zip: Blob, card: ModelCard): Promise<Blob> {
  const files = await unzipFiles(new Uint8Array(await zip.arrayBuffer()));
  using old = await loadClassifier<Blob>(files);
  using next = buildClassifier(old.embedder, old.gallery, { ...old.settings, metadata: card });
  const out = new Map<string, Uint8Array>();
  await next.save(out);
  for (const [name, bytes] of files) if (name === picturesFile || name.startsWith('pictures/')) out.set(name, bytes);
  return new Blob([await zipFiles(out)], { type: 'application/zip' });
}
