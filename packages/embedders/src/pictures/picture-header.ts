/** What the first bytes of an encoded picture tell. */
export interface PictureHeader {
  readonly format: 'jpeg' | 'png' | 'gif' | 'webp' | 'bmp' | 'tiff' | 'avif';
  /** In pixels as stored; undefined for formats whose size lies deeper. */
  readonly width?: number;
  readonly height?: number;
  /** EXIF orientation of a JPEG, 1 to 8; 1 when it has none. */
  readonly orientation: number;
}

/**
 * Reads format and size from the header, without decoding.
 *
 * @returns undefined when the bytes are of no known format
 */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ascii = (at: number, length: number) => String.fromCharCode(...bytes.subarray(at, at + length));
  if (bytes.length < 16) return undefined;
  if (view.getUint16(0) === 0xffd8) return readJpeg(view);
  if (view.getUint32(0) === 0x89504e47 && ascii(12, 4) === 'IHDR' && bytes.length >= 24)
    return { format: 'png', width: view.getUint32(16), height: view.getUint32(20), orientation: 1 };
  if (ascii(0, 4) === 'GIF8')
    return { format: 'gif', width: view.getUint16(6, true), height: view.getUint16(8, true), orientation: 1 };
  if (ascii(0, 4) === 'RIFF' && ascii(8, 4) === 'WEBP') return { format: 'webp', orientation: 1, ...webpSize(view) };
  if (ascii(0, 2) === 'BM' && bytes.length >= 26)
    return {
      format: 'bmp',
      width: Math.abs(view.getInt32(18, true)),
      height: Math.abs(view.getInt32(22, true)),
      orientation: 1,
    };
  if (ascii(0, 4) === 'II*\0' || ascii(0, 4) === 'MM\0*') return { format: 'tiff', orientation: 1 };
  if (ascii(4, 8) === 'ftypavif' || ascii(4, 8) === 'ftypavis') return { format: 'avif', orientation: 1 };
  return undefined;
}

/** Start-of-frame markers; C4, C8 and CC are tables and extensions. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function readJpeg(view: DataView): PictureHeader {
  let orientation = 1;
  let at = 2;
  while (at + 4 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) break;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff || (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) break;
    const length = view.getUint16(at + 2);
    if (isFrame(marker) && at + 9 <= view.byteLength)
      return { format: 'jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7), orientation };
    if (marker === 0xe1) orientation = exifOrientation(view, at + 4, at + 2 + length) ?? orientation;
    at += 2 + length;
  }
  return { format: 'jpeg', orientation };
}

/** Tag 0x0112 of the first image directory; see Exif 2.3, section 4.6. */
function exifOrientation(view: DataView, from: number, to: number): number | undefined {
  const end = Math.min(to, view.byteLength);
  // "Exif" and two zero bytes stand before the TIFF header.
  if (from + 14 > end || view.getUint32(from) !== 0x45786966) return undefined;
  const tiff = from + 6;
  const little = view.getUint16(tiff) === 0x4949;
  const directory = tiff + view.getUint32(tiff + 4, little);
  if (directory + 2 > end) return undefined;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > end) return undefined;
    if (view.getUint16(entry, little) !== 0x0112) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

function webpSize(view: DataView): { width: number; height: number } | undefined {
  if (view.byteLength < 30) return undefined;
  const chunk = view.getUint32(12);
  const uint24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  // VP8X: canvas size less one; VP8L: 14 bits each less one; VP8: 14 bits each behind the start code.
  if (chunk === 0x56503858) return { width: uint24(24) + 1, height: uint24(27) + 1 };
  if (chunk === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}
