import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeFilm } from '../../../testing/write-film.js';
import { openTestSite, type TestSite } from './test-site.js';

/** Classes whose two drawings are alike enough for filters without learned weights. */
const classes = ['balloon', 'fish', 'green circle', 'grinning face', 'lemon', 'locked', 'old key', 'spider'];
const prepareAlbums = join(import.meta.dirname, '../../../samples/prepare.mjs');

/** What every walk begins with: one browser, one built site, pictures of two artists. */
export interface Tour {
  readonly site: TestSite;
  /** A folder that goes when the tour is over. */
  readonly root: string;
  /** A folder of eight albums with a drawing each. */
  readonly albums: string;
  /** The first artist's drawing, as in the albums. */
  drawing(label: string): string;
  /** The other artist's drawing of the same thing. */
  query(label: string): string;
  end(): Promise<void>;
}

export async function beginTour(): Promise<Tour> {
  const root = await mkdtemp(join(tmpdir(), 'nearkin demo '));
  const samples = join(root, 'samples');
  const drawing = (label: string) => join(samples, 'gallery', label, 'noto.png');
  const query = (label: string) => join(samples, 'queries', label, 'twemoji.png');
  const albums = join(root, 'albums');
  await promisify(execFile)(process.execPath, [prepareAlbums, samples]);
  for (const label of classes) await cp(join(samples, 'gallery', label), join(albums, label), { recursive: true });
  const site = await openTestSite({ cameraFile: await writeFilm(join(root, 'camera.mjpeg'), query('old key')) });
  return {
    site,
    root,
    albums,
    drawing,
    query,
    async end() {
      await site.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
