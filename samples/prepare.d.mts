/** Brings the sample albums up to date: `gallery/<label>/noto.png` and `queries/<label>/twemoji.png` in `folder`. */
export function prepareAlbums(
  folder?: string,
): Promise<{ folder: string; classes: number; drawn: boolean; seconds: number }>;
