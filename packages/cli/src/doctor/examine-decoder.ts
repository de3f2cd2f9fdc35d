import { readImage } from '@nearkin/embedders/node';

/** The smallest picture that every decoder should read. */
const redDot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);

/** Which decoder reads pictures here: sharp, or the fallback that knows JPEG and PNG only. */
export async function examineDecoder(): Promise<{ readonly name: 'sharp' | 'script'; readonly text: string }> {
  try {
    await readImage(redDot, { decoder: 'sharp' });
    const { default: sharp } = await import('sharp');
    return { name: 'sharp', text: `decoded by sharp ${sharp.versions.sharp} (libvips ${sharp.versions.vips})` };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { name: 'script', text: `sharp does not run, only JPEG and PNG are read, slowly (${reason})` };
  }
}
