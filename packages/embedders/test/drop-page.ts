import { albumsFromFiles } from '../src/albums/albums-from-files.js';
import type { ReadImageOptions } from '../src/pictures/image-input.js';

/** What was dropped on the page: id, label and size of each picture, or the code of the error. */
export type Dropped = readonly (readonly [id: string, label: string | undefined, width: number])[] | string;

document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', async (event) => {
  event.preventDefault();
  let dropped: Dropped;
  try {
    const items = await albumsFromFiles(event.dataTransfer!);
    dropped = await Promise.all(
      items.map(async ({ id, label, input }) => {
        const picture = await (input as (options?: ReadImageOptions) => Promise<{ width: number }>)();
        return [id, label, picture.width] as const;
      }),
    );
  } catch (error) {
    dropped = (error as { code: string }).code;
  }
  Object.assign(globalThis, { dropped });
});
Object.assign(globalThis, { waiting: true });
