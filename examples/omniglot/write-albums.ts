import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { characterName, type Drawings, drawers, side, toPicture } from './drawings.js';

/** Writes drawings as albums, `character 000/00.png`: white ink on black. */
export async function writeAlbums(drawings: Drawings, folder: string): Promise<void> {
  for (let character = 0; character < drawings.characters; character++) {
    const album = join(folder, characterName(character));
    await mkdir(album, { recursive: true });
    await Promise.all(
      Array.from({ length: drawers }, async (_, drawer) => {
        const { data } = toPicture(drawings, character * drawers + drawer);
        const png = new PNG({ width: side, height: side, colorType: 0, inputColorType: 2, inputHasAlpha: false });
        png.data = Buffer.from(data);
        const bytes = PNG.sync.write(png, { colorType: 0, inputColorType: 2, inputHasAlpha: false });
        await writeFile(join(album, `${String(drawer).padStart(2, '0')}.png`), bytes);
      }),
    );
  }
}
