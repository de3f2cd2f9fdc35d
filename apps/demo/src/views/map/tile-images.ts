/** Small round-cornered squares of pictures, decoded aside and a few at a time, so that no frame waits for them. */
const side = 80;
const radius = 14;
const atATime = 24;

const tiles = new WeakMap<Blob, ImageBitmap | 'waiting'>();
const queue: { readonly blob: Blob; readonly onReady: () => void }[] = [];
let running = 0;

/** @returns undefined until it is decoded; then `onReady` is called */
export function tileOf(blob: Blob | undefined, onReady: () => void): ImageBitmap | undefined {
  if (!blob) return undefined;
  const known = tiles.get(blob);
  if (known) return known === 'waiting' ? undefined : known;
  tiles.set(blob, 'waiting');
  queue.push({ blob, onReady });
  void work();
  return undefined;
}

async function work(): Promise<void> {
  if (running >= atATime) return;
  const next = queue.shift();
  if (!next) return;
  running++;
  try {
    tiles.set(next.blob, await square(next.blob));
    next.onReady();
  } catch {
    // What cannot be drawn stays a dot.
  }
  running--;
  void work();
}

async function square(blob: Blob): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(blob);
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d')!;
  context.roundRect(0, 0, side, side, radius);
  context.clip();
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  const cut = Math.min(bitmap.width, bitmap.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, (bitmap.width - cut) / 2, (bitmap.height - cut) / 2, cut, cut, 0, 0, side, side);
  bitmap.close();
  return canvas.transferToImageBitmap();
}
