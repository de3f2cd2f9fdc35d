/** Object URLs of the gallery's pictures by row id, for the cards and for "because of". */
const urls = new Map<string, string>();

export function keepPicture(id: string, file: Blob): void {
  forgetPicture(id);
  urls.set(id, URL.createObjectURL(file));
}

/** Finds the file of each id: its path ends with the id. */
export function keepPictures(ids: readonly string[], files: readonly File[]): void {
  const wanted = new Set(ids);
  for (const file of files) {
    const parts = (file.webkitRelativePath || file.name).split('/');
    const id = parts.map((_, depth) => parts.slice(depth).join('/')).find((end) => wanted.has(end));
    if (id !== undefined) keepPicture(id, file);
  }
}

export function pictureUrl(id: string): string {
  return urls.get(id) ?? '';
}

export function forgetPicture(id: string): void {
  const url = urls.get(id);
  if (url) URL.revokeObjectURL(url);
  urls.delete(id);
}
