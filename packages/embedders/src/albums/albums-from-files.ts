import { type GalleryItem, NearkinError } from '@nearkin/core';
import type { ImageInput, ReadImageOptions } from '../pictures/image-input.js';
import { readImage } from '../pictures/read-image.browser.js';

/**
 * Lists labelled pictures of a file chooser (`<input type="file" webkitdirectory>`) or a drop: the folder a picture lies
 * in is its label. Of `albums/cat/a.jpg` and `albums/dog/b.jpg` the labels are `cat` and `dog`: the folder that all files
 * share is left out, the next one counts.
 *
 * Items come sorted by path; `input` decodes when called. Hidden files and files that are no pictures by their type are
 * passed over.
 *
 * @param files a FileList, an array of files, or the `dataTransfer` of a drop
 * @throws {NearkinError} `EMPTY_ALBUM` when there are no pictures in folders
 * @example
 * const items = await albumsFromFiles(input.files); // [{ id: 'cat/a.jpg', label: 'cat', input }, …]
 */
export async function albumsFromFiles(
  files: FileList | readonly File[] | DataTransfer,
  options: ReadImageOptions = {},
): Promise<GalleryItem<ImageInput>[]> {
  const list =
    'items' in files
      ? await droppedFiles(files)
      : [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
  const pictures = list
    .map(({ file, path }) => ({ file, parts: path.split('/').filter((part) => part !== '') }))
    .filter(({ file, parts }) => file.type.startsWith('image/') && !parts.some((part) => part.startsWith('.')));
  const depth = sharedDepth(pictures.map(({ parts }) => parts.slice(0, -1)));
  const items = pictures
    .filter(({ parts }) => parts.length > depth + 1)
    .map(({ file, parts }) => ({
      id: parts.slice(depth).join('/'),
      label: parts[depth]!,
      input: () => readImage(file, options),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  if (items.length === 0)
    throw new NearkinError(
      'EMPTY_ALBUM',
      `Expected a folder of pictures for each class, got ${pictures.length} pictures in no folder of their own.`,
      {
        details: { files: list.length, pictures: pictures.length },
      },
    );
  return items;
}

/** How many leading folders all pictures share. */
function sharedDepth(folders: readonly (readonly string[])[]): number {
  const [first, ...rest] = folders;
  if (!first) return 0;
  let depth = 0;
  while (depth < first.length && rest.every((other) => other[depth] === first[depth])) depth++;
  // One album alone: its own folder is the label.
  return folders.every((parts) => parts.length === depth) ? Math.max(0, depth - 1) : depth;
}

interface FoundFile {
  readonly file: File;
  readonly path: string;
}

async function droppedFiles(transfer: DataTransfer): Promise<FoundFile[]> {
  // Entries must be asked for before the first await: the browser empties the transfer then.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return (await Promise.all(entries.map(walk))).flat();
}

async function walk(entry: FileSystemEntry): Promise<FoundFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path: entry.fullPath }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FoundFile[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return found;
    found.push(...(await Promise.all(batch.map(walk))).flat());
  }
}
