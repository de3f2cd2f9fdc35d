import { NearkinError } from '@nearkin/core';

/** Sample pictures in one file: a list, and their bytes one after another. */
export interface SamplePicture {
  readonly label: string;
  /** A broad theme, such as `animals`. */
  readonly theme: string;
  readonly picture: File;
}

interface Listed {
  readonly label: string;
  readonly theme: string;
  readonly bytes: number;
}

/** `gallery`: Noto's drawings; `queries`: Twemoji's drawings of the same things. */
export async function loadSamples(pack: 'gallery' | 'queries', signal?: AbortSignal): Promise<SamplePicture[]> {
  const base = new URL('samples/', document.baseURI);
  const get = async (name: string) => {
    const response = await fetch(new URL(name, base), signal ? { signal } : {});
    if (!response.ok)
      throw new NearkinError(
        'NOT_FOUND',
        `The samples are not deployed with this page: ${name} was answered with ${response.status}.`,
      );
    return response;
  };
  const [list, bytes] = await Promise.all([
    get(`${pack}.json`).then((response) => response.json() as Promise<Listed[]>),
    get(`${pack}.bin`).then((response) => response.arrayBuffer()),
  ]);
  let offset = 0;
  return list.map(({ label, theme, bytes: length }) => {
    const part = bytes.slice(offset, offset + length);
    offset += length;
    return { label, theme, picture: new File([part], `${label}.png`, { type: 'image/png' }) };
  });
}
