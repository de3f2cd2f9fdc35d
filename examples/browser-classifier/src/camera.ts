import type { ImageInput } from '@nearkin/embedders';
import { cameraFrames } from '@nearkin/embedders/browser';

/**
 * Shows the camera and asks `look` about frame after frame; frames that come meanwhile are dropped.
 *
 * @returns what stops it
 */
export async function startCamera(
  video: HTMLVideoElement,
  look: (frame: ImageInput) => Promise<void>,
): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
  video.srcObject = stream;
  await video.play();
  const controller = new AbortController();
  void (async () => {
    // #region camera
    for await (const frame of cameraFrames(video, { signal: controller.signal })) await look(frame);
    // #endregion camera
  })();
  return () => {
    controller.abort();
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}
