import {
  type Embedder,
  embedGallery,
  type Gallery,
  type GalleryItem,
  mergeGalleries,
  type Progress,
  selectGallery,
} from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { buildClassifier, type RetrievalClassifier } from '@nearkin/retrieval';

/** Pictures that were learned, and those that could not be read. */
export interface Lesson {
  readonly gallery: Gallery;
  readonly skipped: number;
}

/** Holds the classifier; before there are two classes, the pictures that wait for it. */
export interface Teacher {
  /** Undefined until there are two classes. */
  readonly classifier: RetrievalClassifier<ImageInput> | undefined;
  readonly gallery: Pick<Gallery, 'ids' | 'labels'>;
  teach(items: readonly GalleryItem<ImageInput>[], onProgress: (progress: Progress) => void): Promise<Lesson>;
  forget(label: string): void;
}

export function createTeacher(embedder: Embedder<ImageInput>): Teacher {
  let classifier: RetrievalClassifier<ImageInput> | undefined;
  let waiting: Gallery[] = [];
  return {
    get classifier() {
      return classifier;
    },
    get gallery() {
      if (classifier) return classifier.gallery;
      return { ids: waiting.flatMap(({ ids }) => ids), labels: waiting.flatMap(({ labels }) => labels) };
    },
    async teach(items, onProgress) {
      let skipped = 0;
      // #region teach
      const gallery = await embedGallery(embedder, items, { onProgress, onError: () => skipped++ });
      if (classifier) classifier.addGallery(gallery);
      else waiting.push(gallery);
      if (new Set(waiting.flatMap(({ labels }) => labels)).size >= 2) {
        classifier = buildClassifier(embedder, mergeGalleries(waiting));
        waiting = [];
      }
      // #endregion teach
      return { gallery, skipped };
    },
    forget(label) {
      if (!classifier) {
        waiting = waiting.filter(({ labels }) => labels[0] !== label);
        return;
      }
      if (classifier.labels.length > 2) {
        classifier.removeClass(label);
        return;
      }
      // A classifier keeps two classes: the last one waits for the next.
      const { gallery } = classifier;
      const rows = gallery.labels.flatMap((name, row) => (name === label ? [] : [row]));
      waiting = [selectGallery(gallery, rows)];
      classifier.dispose();
      classifier = undefined;
    },
  };
}
