import { NearkinError, type Picture } from '@nearkin/core';
import { drawPicture } from './read-image.browser.js';

/**
 * Gives the frames of a playing video (a camera, a file) as they come. Always the newest: what passes while a frame is
 * worked on is left out. Ends with the video, its tracks, or the signal.
 *
 * @param options.signal ends the frames quietly
 * @throws {NearkinError} `UNSUPPORTED` in a browser without `requestVideoFrameCallback`
 * @example
 * for await (const frame of cameraFrames(video, { signal })) show(await classifier.classify(frame));
 */
export async function* cameraFrames(
  video: HTMLVideoElement,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Picture, void> {
  const { signal } = options;
  if (!('requestVideoFrameCallback' in video))
    throw new NearkinError(
      'UNSUPPORTED',
      'This browser cannot wait for video frames; draw the video to a canvas instead.',
    );
  while (!signal?.aborted && !isOver(video)) {
    if (!(await nextFrame(video, signal))) return;
    yield drawPicture(video, {});
  }
}

function isOver(video: HTMLVideoElement): boolean {
  const stream = video.srcObject;
  return video.ended || (stream instanceof MediaStream && !stream.active);
}

/** @returns false when no further frame will come */
function nextFrame(video: HTMLVideoElement, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const stream = video.srcObject instanceof MediaStream ? video.srcObject : undefined;
    const finish = (more: boolean) => {
      video.cancelVideoFrameCallback(handle);
      signal?.removeEventListener('abort', stop);
      video.removeEventListener('ended', stop);
      stream?.removeEventListener('inactive', stop);
      for (const track of stream?.getTracks() ?? []) track.removeEventListener('ended', stop);
      resolve(more);
    };
    const stop = () => finish(false);
    const handle = video.requestVideoFrameCallback(() => finish(true));
    signal?.addEventListener('abort', stop);
    video.addEventListener('ended', stop);
    stream?.addEventListener('inactive', stop);
    for (const track of stream?.getTracks() ?? []) track.addEventListener('ended', stop);
  });
}
