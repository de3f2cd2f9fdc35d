import { join } from 'node:path';
import type { Gallery } from '@nearkin/core';
import type { ClassifierEvaluation, ReportPictures } from '@nearkin/evaluation';
import { pictureOrigins } from './picture-origin.js';
import { thumbnail } from './thumbnail.js';

/** As many mistakes as a report shows. */
const limit = 200;

/** Thumbnails of the pictures that were mistaken and of those that decided. */
export async function reportPictures(
  evaluation: ClassifierEvaluation,
  gallery: Gallery,
  folders: { readonly model: string; readonly albums: string; readonly gallery?: string },
): Promise<ReportPictures> {
  const mistakes = evaluation.samples
    .filter(({ correct }) => !correct)
    .sort((a, b) => Number(a.rejected) - Number(b.rejected) || b.score - a.score)
    .slice(0, limit);
  const origins = pictureOrigins(gallery, folders.model);
  const queries = new Map<string, string>();
  const deciders = new Map<string, string>();
  for (const { id, nearestId } of mistakes) {
    await keep(queries, id, join(folders.albums, id));
    const path = folders.gallery ? join(folders.gallery, nearestId) : origins.get(nearestId);
    if (path && !deciders.has(nearestId)) await keep(deciders, nearestId, path);
  }
  return { queries, gallery: deciders };
}

async function keep(pictures: Map<string, string>, id: string, path: string): Promise<void> {
  const url = await thumbnail(path);
  if (url) pictures.set(id, url);
}
