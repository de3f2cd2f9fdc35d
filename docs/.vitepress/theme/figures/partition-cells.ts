import { type SearchIndex, toSnapshot } from '@nearkin/searcher';

export type Point = readonly [x: number, y: number];

/** One partition of an index over a plane: its centre, and the rows that the index keeps in it. */
export interface Cell {
  readonly centre: Point;
  readonly rows: readonly number[];
  /** Corners of the places that are nearer to this centre than to any other. */
  readonly outline: readonly Point[];
}

/** The partitions as they stand in the index's own bytes, cut out of a board. */
export function readCells(index: SearchIndex, { width, height }: { width: number; height: number }): Cell[] {
  const { header, sections } = toSnapshot(index);
  const read = (name: string) => sections.get(name)!.slice().buffer;
  const [offsets, rows] = [new Uint32Array(read('partition.offsets')), new Uint32Array(read('row.ids'))];
  const numbers = new Float32Array(read('centroids'));
  // Centres stand in the file with their numbers filled up to four.
  const stride = numbers.length / header.partitions;
  const centres = Array.from(
    { length: header.partitions },
    (_, p): Point => [numbers[stride * p]!, numbers[stride * p + 1]!],
  );
  const board: readonly Point[] = [
    [0, 0],
    [width, 0],
    [width, height],
    [0, height],
  ];
  return centres.map((centre, p) => ({
    centre,
    rows: [...rows.subarray(offsets[p]!, offsets[p + 1]!)],
    outline: centres.reduce((cut, other) => (other === centre ? cut : nearerTo(centre, other, cut)), board),
  }));
}

/** Cells in the order in which a search looks into them; equally near ones in that of the index. */
export function rankCells(cells: readonly Cell[], [x, y]: Point): Cell[] {
  const distance = ({ centre }: Cell) => (centre[0] - x) ** 2 + (centre[1] - y) ** 2;
  return [...cells].sort((a, b) => distance(a) - distance(b));
}

/** What is left of a polygon on the side of `centre`. */
function nearerTo(centre: Point, other: Point, polygon: readonly Point[]): Point[] {
  const [dx, dy] = [other[0] - centre[0], other[1] - centre[1]];
  const middle = (dx * (other[0] + centre[0]) + dy * (other[1] + centre[1])) / 2;
  const beyond = ([x, y]: Point) => dx * x + dy * y - middle;
  return polygon.flatMap((point, i) => {
    const next = polygon[(i + 1) % polygon.length]!;
    const [here, there] = [beyond(point), beyond(next)];
    const kept = here <= 0 ? [point] : [];
    if (here <= 0 === there <= 0) return kept;
    const share = here / (here - there);
    return [...kept, [point[0] + share * (next[0] - point[0]), point[1] + share * (next[1] - point[1])]];
  });
}
