import { createPicture, type Picture } from '@nearkin/core';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { firstLine } from './decode-sharp.node.js';
import { assertPixelLimit, badPicture } from './picture-error.js';
import { readPictureHeader } from './picture-header.js';
import { turnUpright } from './turn-upright.js';

/**
 * Decodes JPEG and PNG without native code, several times slower than sharp. Colour profiles are not applied.
 *
 * @throws {NearkinError} `BAD_PICTURE` (also for formats that need sharp), `PICTURE_TOO_LARGE`
 */
export function decodeWithScript(bytes: Uint8Array, options: { name: string; limit: number }): Picture {
  const { name, limit } = options;
  const header = readPictureHeader(bytes);
  if (!header) throw badPicture(name, 'its bytes are of no known picture format.');
  if (header.format !== 'jpeg' && header.format !== 'png')
    throw badPicture(name, `${header.format} needs the sharp package; install it, or convert to JPEG or PNG.`);
  if (!header.width || !header.height) throw badPicture(name, 'its header has no size; is the file cut off?');
  assertPixelLimit(name, header, limit);
  try {
    const { data, width, height } =
      header.format === 'jpeg'
        ? jpeg.decode(bytes, {
            useTArray: true,
            formatAsRGBA: false,
            tolerantDecoding: false,
            maxResolutionInMP: Math.ceil(limit / 1e6),
            maxMemoryUsageInMB: 4096,
          })
        : PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const channels = header.format === 'jpeg' ? 3 : 4;
    return turnUpright(createPicture({ data, width, height, channels }), header.orientation);
  } catch (cause) {
    throw badPicture(name, firstLine(cause), cause);
  }
}
