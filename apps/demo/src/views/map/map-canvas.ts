/** What the map draws; nothing here knows of the page around it. */
export interface MapScene {
  /** Two numbers a point. */
  readonly points: Float32Array;
  /** The class of each point, from 0; -1: none. */
  readonly classes: ArrayLike<number>;
  readonly images: readonly (ImageBitmap | undefined)[];
  readonly marked: ReadonlySet<number>;
  readonly selected: number | undefined;
  readonly star: { readonly x: number; readonly y: number; readonly neighbours: readonly number[] } | undefined;
}

/** Where the view is: the middle in map units, and how much larger than "all of it". */
export interface MapView {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Placement {
  toScreen(x: number, y: number): [number, number];
}

/** Colours that hold 3:1 on both papers; with the shape they are never the only sign. */
export const classColours = ['#2e8b6d', '#c9761a', '#5b76d8', '#c2497f', '#8a7a1f', '#2f8fb0', '#a05bc4', '#b5533c'];
export const shapes = ['circle', 'square', 'triangle', 'diamond'] as const;

const mostStretch = 1.8;

export function placement(points: Float32Array, view: MapView, size: { width: number; height: number }): Placement {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  const margin = 44;
  const across = (size.width - 2 * margin) / Math.max(right - left, 1e-9);
  const down = (size.height - 2 * margin) / Math.max(bottom - top, 1e-9);
  // The axes mean nothing by themselves, so a wide window may stretch them, though not out of all proportion.
  const scaleX = Math.min(across, down * mostStretch) * view.zoom;
  const scaleY = Math.min(down, across * mostStretch) * view.zoom;
  const [middleX, middleY] = [(left + right) / 2 + view.x, (top + bottom) / 2 + view.y];
  return {
    toScreen: (x, y) => [size.width / 2 + (x - middleX) * scaleX, size.height / 2 + (y - middleY) * scaleY],
  };
}

export function drawMap(canvas: HTMLCanvasElement, scene: MapScene, view: MapView): Placement | undefined {
  const context = canvas.getContext('2d');
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!context || width === 0) return undefined;
  const ratio = Math.min(3, devicePixelRatio);
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  const ink = style.getPropertyValue('--ink').trim();
  const danger = style.getPropertyValue('--danger').trim();
  const outline = style.getPropertyValue('--line').trim();
  const gold = style.getPropertyValue('--gold').trim();
  const paper = style.getPropertyValue('--sheet').trim();
  const place = placement(scene.points, view, { width, height });
  const count = scene.points.length / 2;
  const side = Math.max(16, Math.min(56, (Math.sqrt((width * height) / count) / 1.9) * Math.sqrt(view.zoom)));
  const at = (row: number) => place.toScreen(scene.points[row * 2]!, scene.points[row * 2 + 1]!);
  const star = scene.star && place.toScreen(scene.star.x, scene.star.y);
  const near = new Set(scene.star?.neighbours ?? []);
  const drawRow = (row: number) => {
    const [x, y] = at(row);
    if (x < -side || y < -side || x > width + side || y > height + side) return;
    const kind = scene.classes[row]!;
    const colour = kind < 0 ? outline : classColours[kind % classColours.length]!;
    const image = scene.images[row];
    const corner = side * 0.18;
    if (image) context.drawImage(image, x - side / 2, y - side / 2, side, side);
    else {
      context.fillStyle = outline;
      context.beginPath();
      context.roundRect(x - side / 2, y - side / 2, side, side, corner);
      context.fill();
    }
    frame(context, [x, y], { side, corner, colour, width: kind < 0 ? 1 : 2 });
    if (kind >= 0) {
      context.fillStyle = colour;
      mark(context, shapes[kind % shapes.length]!, [x + side / 2, y - side / 2], side > 24 ? 5 : 4);
    }
    if (near.has(row)) frame(context, [x, y], { side: side + 6, corner: corner + 3, colour: gold, width: 3 });
    if (scene.selected === row) frame(context, [x, y], { side: side + 8, corner: corner + 4, colour: ink, width: 3 });
  };
  const plain = Array.from({ length: count }, (_, row) => row).filter(
    (row) => !near.has(row) && row !== scene.selected,
  );
  // What has no album lies below what has one.
  for (const row of plain) if (scene.classes[row]! < 0) drawRow(row);
  for (const row of plain) if (scene.classes[row]! >= 0) drawRow(row);
  if (star) {
    context.strokeStyle = ink;
    context.lineWidth = 1.5;
    context.setLineDash([2, 5]);
    context.lineCap = 'round';
    for (const row of scene.star!.neighbours) line(context, star, at(row));
    context.setLineDash([]);
  }
  for (const row of near) drawRow(row);
  // Above all pictures: where they lie close, a mark would be hidden by the next one.
  for (const row of scene.marked) {
    const [x, y] = at(row);
    badge(context, [x - side / 2, y - side / 2], { danger, paper });
  }
  if (scene.selected !== undefined) drawRow(scene.selected);
  if (star) {
    context.fillStyle = gold;
    context.strokeStyle = ink;
    context.lineWidth = 1.5;
    drawStar(context, star, 16);
  }
  return place;
}

type Point = readonly [number, number];

interface Frame {
  readonly side: number;
  readonly corner: number;
  readonly colour: string;
  readonly width: number;
}

function frame(context: CanvasRenderingContext2D, [x, y]: Point, { side, corner, colour, width }: Frame): void {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.roundRect(x - side / 2, y - side / 2, side, side, corner);
  context.stroke();
}

/** A question mark on a round ground: this label may be wrong. */
function badge(context: CanvasRenderingContext2D, [x, y]: Point, colours: { danger: string; paper: string }): void {
  context.fillStyle = colours.danger;
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = colours.paper;
  context.font = '700 12px system-ui';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText('?', x, y + 0.5);
}

function line(context: CanvasRenderingContext2D, [x, y]: Point, [u, v]: Point): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(u, v);
  context.stroke();
}

function mark(context: CanvasRenderingContext2D, shape: (typeof shapes)[number], [x, y]: Point, r: number): void {
  context.beginPath();
  if (shape === 'circle') context.arc(x, y, r, 0, 2 * Math.PI);
  else if (shape === 'square') context.rect(x - r, y - r, 2 * r, 2 * r);
  else {
    const corners: Point[] =
      shape === 'triangle'
        ? [
            [0, -1.2],
            [1.1, 0.9],
            [-1.1, 0.9],
          ]
        : [
            [0, -1.3],
            [1.3, 0],
            [0, 1.3],
            [-1.3, 0],
          ];
    corners.forEach(([u, v], i) => {
      if (i === 0) context.moveTo(x + u * r, y + v * r);
      else context.lineTo(x + u * r, y + v * r);
    });
    context.closePath();
  }
  context.fill();
}

function drawStar(context: CanvasRenderingContext2D, [x, y]: Point, r: number): void {
  context.beginPath();
  for (let i = 0; i < 10; i++) {
    const radius = i % 2 === 0 ? r : r * 0.45;
    const angle = (i * Math.PI) / 5 - Math.PI / 2;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.closePath();
  context.fill();
  context.stroke();
}
