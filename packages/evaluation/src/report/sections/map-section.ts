import { NearkinError, type Vectors } from '@nearkin/core';
import { scatterMap } from '../charts/scatter-map.js';
import { type Html, html } from '../html.js';
import { formatCount } from '../number-format.js';
import type { PictureSheet, ReportPictures } from '../picture-sheet.js';
import { name, type Section, tableTwin } from './section.js';

/** Rows laid out in the plane. */
export interface ReportMap {
  /** How they were laid out: `PCA`, `UMAP`. */
  readonly method: string;
  /** Shape `[count, 2]`, from `projectPca` or `projectUmap`. */
  readonly coordinates: Vectors;
  /** One a row, like `labels`. */
  readonly ids: readonly string[];
  readonly labels: readonly string[];
  /** Which thumbnails show the rows; default `gallery`. */
  readonly pictures?: keyof ReportPictures | undefined;
  /** Ids of rows to mark by a cross, such as those recognised wrongly. */
  readonly marked?: readonly string[] | undefined;
  /** What the cross means; default `recognised wrongly`. */
  readonly markedAs?: string | undefined;
  /** Share of the variance along each axis, where known. */
  readonly explained?: readonly number[] | null | undefined;
}

const tabledAtMost = 2000;

/** @throws {NearkinError} `INVALID_ARGUMENT` when the lists disagree or the rows are not in the plane */
export function mapSection(maps: readonly ReportMap[], pictures: PictureSheet): Section {
  return {
    id: 'map',
    title: 'Map',
    lead: 'Each point is a picture; pictures that the embedder finds alike lie close together. A class in several places, or two classes in one, is what to look into. Point at a picture, or use the arrow keys.',
    body: html`${maps.map((map, i) => mapFigure(map, { pictures, id: `map-${i}` }))}`,
  };
}

function mapFigure(map: ReportMap, options: { pictures: PictureSheet; id: string }): Html {
  const { pictures, id } = options;
  const { method, coordinates, ids, labels, explained, marked = [], markedAs = 'recognised wrongly' } = map;
  const { count, dim, data } = coordinates;
  if (dim !== 2 || ids.length !== count || labels.length !== count)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected a map of n rows in 2 dimensions with n ids and labels, got ${count} rows in ${dim} dimensions, ${ids.length} ids and ${labels.length} labels.`,
      { details: { count, dim, ids: ids.length, labels: labels.length } },
    );
  const classes = [...new Set(labels)];
  const marks = new Set(marked);
  const points = ids.map((pointId, row) => ({
    x: data[row * 2]!,
    y: data[row * 2 + 1]!,
    label: labels[row]!,
    title: `${labels[row]} · ${pointId}${marks.has(pointId) ? ` · ${markedAs}` : ''}`,
    isMarked: marks.has(pointId),
    picture: pictures.symbol(map.pictures ?? 'gallery', pointId),
  }));
  const kept = explained
    ? ` The axes keep ${Math.round(100 * (explained[0]! + explained[1]!))} % of the variance.`
    : '';
  const description = `Map by ${method} of ${formatCount(count, 'picture')} in ${formatCount(classes.length, 'class', 'classes')}.${kept}`;
  return html`<figure class="map-figure"><h3>${method}</h3>
<div class="map-tools"><label for="${id}-class">Show</label> <select id="${id}-class" class="map-class"><option value="">all ${formatCount(classes.length, 'class', 'classes')}</option>${classes.map((label, i) => html`<option value="${i}">${label}</option>`)}</select></div>
<div class="map" role="group" aria-label="${description} Arrow keys move from picture to picture.">${scatterMap(points, { labels: classes, description })}</div>
<div class="map-readout"><svg class="picture" viewBox="0 0 1 1" aria-hidden="true"><use href="#no-picture"/></svg><output>${description}</output></div>
${marks.size > 0 && html`<ul class="legend"><li class="cross">${markedAs}</li></ul>`}
${mapTable(points)}</figure>`;
}

function mapTable(points: readonly { x: number; y: number; title: string }[]): Html {
  const kept = points.slice(0, tabledAtMost);
  const left = points.length - kept.length;
  const rows = kept.map((p) => [name(p.title), p.x.toFixed(3), p.y.toFixed(3)]);
  return html`${tableTwin(['Picture', 'x', 'y'], rows)}${left > 0 && html`<p class="note">The table leaves out ${formatCount(left, 'picture')}.</p>`}`;
}
