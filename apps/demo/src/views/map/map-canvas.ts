/** What the map draws; nothing here knows of the page around it. */
export interface MapScene {
  /** Two numbers a point. */
  readonly points: Float32Array;
  /** The class of each point, from 0; -1: none. */
  readonly classes: ArrayLike<number>;
  readonly images: readonly (HTMLImageElement | undefined)[];
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

export function placement(points: Float32Array, view: MapView, size: { width: number; height: number }): Placement {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  const margin = 36;
  const scale =
    Math.min(
      (size.width - 2 * margin) / Math.max(right - left, 1e-9),
      (size.height - 2 * margin) / Math.max(bottom - top, 1e-9),
    ) * view.zoom;
  const [middleX, middleY] = [(left + right) / 2 + view.x, (top + bottom) / 2 + view.y];
  return {
    toScreen: (x, y) => [size.width / 2 + (x - middleX) * scale, size.height / 2 + (y - middleY) * scale],
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
  const place = placement(scene.points, view, { width, height });
  const count = scene.points.length / 2;
  const side = Math.max(14, Math.min(46, (Math.sqrt((width * height) / count) / 2.2) * Math.sqrt(view.zoom)));
  const at = (row: number) => place.toScreen(scene.points[row * 2]!, scene.points[row * 2 + 1]!);
  const star = scene.star && place.toScreen(scene.star.x, scene.star.y);
  if (star) {
    context.strokeStyle = ink;
    context.lineWidth = 1.5;
    context.setLineDash([4, 4]);
    for (const row of scene.star!.neighbours) line(context, star, at(row));
    context.setLineDash([]);
  }
  for (let row = 0; row < count; row++) {
    const [x, y] = at(row);
    const kind = scene.classes[row]!;
    const colour = kind < 0 ? style.getPropertyValue('--soft').trim() : classColours[kind % classColours.length]!;
    const image = scene.images[row];
    if (image?.complete && image.naturalWidth > 0) {
      context.fillStyle = '#fff';
      context.fillRect(x - side / 2, y - side / 2, side, side);
      context.drawImage(image, x - side / 2, y - side / 2, side, side);
      context.lineWidth = kind < 0 ? 1 : 2;
      context.strokeStyle = kind < 0 ? outline : colour;
      context.strokeRect(x - side / 2, y - side / 2, side, side);
    }
    if (kind >= 0) {
      context.fillStyle = colour;
      mark(context, shapes[kind % shapes.length]!, [x + side / 2, y - side / 2], 5);
    }
    if (scene.marked.has(row)) {
      context.strokeStyle = danger;
      context.lineWidth = 3;
      context.strokeRect(x - side / 2 - 4, y - side / 2 - 4, side + 8, side + 8);
      context.fillStyle = danger;
      context.font = '700 14px system-ui';
      context.fillText('?', x - side / 2 - 4, y - side / 2 - 8);
    }
    if (scene.selected === row) {
      context.strokeStyle = ink;
      context.lineWidth = 3;
      context.strokeRect(x - side / 2 - 7, y - side / 2 - 7, side + 14, side + 14);
    }
  }
  if (star) {
    context.fillStyle = gold;
    context.strokeStyle = ink;
    context.lineWidth = 1.5;
    drawStar(context, star, 13);
  }
  return place;
}

type Point = readonly [number, number];

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
