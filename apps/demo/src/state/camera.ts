import { signal } from '@preact/signals';
import { complain } from './notices.js';

export const stream = signal<MediaStream | undefined>(undefined);
/** The element that shows it: what is on screen is what is looked at. */
export const video = signal<HTMLVideoElement | null>(null);

/** Cameras of this device; undefined while that is not known. */
export const cameras = signal<number | undefined>(undefined);

/** An address that is not secure has none, whatever the device has. */
export async function countCameras(): Promise<void> {
  const devices = await navigator.mediaDevices?.enumerateDevices?.().catch(() => undefined);
  const usable = navigator.mediaDevices?.getUserMedia !== undefined;
  cameras.value = usable ? devices?.filter(({ kind }) => kind === 'videoinput').length : 0;
}

export async function startCamera(): Promise<void> {
  try {
    const started = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 640 }, height: { ideal: 480 } },
    });
    stream.value = started;
    for (const track of started.getTracks()) track.addEventListener('ended', stopCamera);
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    complain(
      name === 'NotAllowedError'
        ? 'The camera was not allowed. Allow it in the browser’s settings for this page, or drop a picture instead.'
        : name === 'NotFoundError'
          ? 'No camera was found. Drop a picture instead.'
          : error,
    );
  }
}

export function stopCamera(): void {
  for (const track of stream.value?.getTracks() ?? []) track.stop();
  stream.value = undefined;
}

/** The square in the middle of what the camera shows now. */
export async function grabFrame(): Promise<ImageBitmap | undefined> {
  // Peeked at: an effect that grabs frames must not begin anew whenever the element is drawn.
  const shown = video.peek();
  if (!shown || shown.readyState < 2 || shown.videoWidth === 0) return undefined;
  const side = Math.min(shown.videoWidth, shown.videoHeight);
  return createImageBitmap(shown, (shown.videoWidth - side) / 2, (shown.videoHeight - side) / 2, side, side, {
    resizeWidth: Math.min(side, 384),
    resizeHeight: Math.min(side, 384),
    resizeQuality: 'high',
  });
}

/** A frame as a picture file. */
export async function takePicture(name: string): Promise<File | undefined> {
  const bitmap = await grabFrame();
  if (!bitmap) return undefined;
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return new File([await canvas.convertToBlob({ type: 'image/png' })], name, { type: 'image/png' });
}
