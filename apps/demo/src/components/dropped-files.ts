import type { NewPicture } from '../state/albums.js';

/** Pictures of a drop; the folder that each lies in is its album, the top one where folders are nested. */
export async function filesFromDrop(transfer: DataTransfer): Promise<NewPicture[]> {
  // Entries must be asked for before the first await: the browser empties the transfer then.
  const roots = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = (await Promise.all(roots.map(walk))).flat();
  const pictures = found.filter(({ file }) => file.type.startsWith('image/') && !file.name.startsWith('.'));
  const nested = roots.length === 1 && pictures.some(({ path }) => path.length > 2);
  return pictures.flatMap(({ file, path }) => {
    const label = path[nested ? 1 : 0];
    return path.length > (nested ? 2 : 1) && label ? [{ label, file }] : [];
  });
}

/** All pictures of a drop, those in folders too, named by where they lie. */
export async function everyPicture(transfer: DataTransfer): Promise<{ readonly name: string; readonly file: File }[]> {
  const roots = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = (await Promise.all(roots.map(walk))).flat();
  return found
    .filter(({ file }) => file.type.startsWith('image/') && !file.name.startsWith('.'))
    .map(({ file, path }) => ({ name: path.join('/'), file }));
}

/** Pictures of a drop, folders or not. */
export function picturesFromDrop(transfer: DataTransfer): File[] {
  return [...transfer.files].filter(({ type }) => type.startsWith('image/') || type === '');
}

/** Pictures alone, no folder among them. */
export function isLoosePictures(transfer: DataTransfer): boolean {
  return ![...transfer.items].some((item) => item.webkitGetAsEntry()?.isDirectory);
}

interface Found {
  readonly file: File;
  /** Folder names, then the file's. */
  readonly path: readonly string[];
}

async function walk(entry: FileSystemEntry): Promise<Found[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path: entry.fullPath.split('/').filter(Boolean) }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Found[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return found;
    found.push(...(await Promise.all(batch.map(walk))).flat());
  }
}
