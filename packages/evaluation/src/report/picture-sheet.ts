import { NearkinError } from '@nearkin/core';
import { type Html, html } from './html.js';

/** Thumbnails as `data:image/…` URLs by id. An id that is missing shows a placeholder. */
export type Thumbnails = ReadonlyMap<string, string>;

/** Queries and gallery rows may have the same ids; in leave-one-out both are the same map. */
export interface ReportPictures {
  readonly queries?: Thumbnails | undefined;
  readonly gallery?: Thumbnails | undefined;
}

/** Puts every picture into the page once, however often it is shown. */
export interface PictureSheet {
  /** The picture, or a placeholder. `description` is what a screen reader says. */
  show(kind: keyof ReportPictures, id: string, description: string): Html;
  /** The name to refer to the picture by, or undefined where there is none. */
  symbol(kind: keyof ReportPictures, id: string): string | undefined;
  /** What {@link show} and {@link symbol} have used, to stand once in the page. */
  sheet(): Html;
}

const isPicture = /^data:image\/(?:avif|bmp|gif|jpeg|png|svg\+xml|webp)[;,]/;

/** @throws {NearkinError} `INVALID_ARGUMENT` for a thumbnail that is no picture in a data URL: a report fetches nothing */
export function createPictureSheet(pictures: ReportPictures = {}): PictureSheet {
  const symbols = new Map<string, string>();
  for (const [kind, thumbnails] of Object.entries(pictures)) {
    for (const [id, url] of (thumbnails as Thumbnails | undefined) ?? []) {
      if (isPicture.test(url)) continue;
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected a data:image/… URL as thumbnail of ${kind} ${JSON.stringify(id)}, got ${JSON.stringify(url.slice(0, 40))}; a report must not fetch anything.`,
        { details: { kind, id } },
      );
    }
  }
  const symbol = (kind: keyof ReportPictures, id: string) => {
    const url = pictures[kind]?.get(id);
    if (url === undefined) return undefined;
    const name = symbols.get(url) ?? `picture-${symbols.size}`;
    symbols.set(url, name);
    return name;
  };
  return {
    symbol,
    show(kind, id, description) {
      const name = symbol(kind, id);
      if (name === undefined) return placeholder(description);
      return html`<svg class="picture" role="img" aria-label="${description}" viewBox="0 0 1 1"><use href="#${name}"/></svg>`;
    },
    sheet() {
      const list = [...symbols].map(
        ([url, name]) =>
          html`<symbol id="${name}" viewBox="0 0 1 1"><image href="${url}" width="1" height="1"/></symbol>`,
      );
      return html`<svg class="sheet" aria-hidden="true" width="0" height="0"><symbol id="no-picture" viewBox="0 0 1 1"></symbol>${list}</svg>`;
    },
  };
}

function placeholder(description: string): Html {
  return html`<svg class="picture missing" role="img" aria-label="${description} (no picture)" viewBox="0 0 24 24"
><path d="M5 5h14v14H5zM5 16l4-4 3 3 3-3 4 4M9.5 9.5h.01"/></svg>`;
}
