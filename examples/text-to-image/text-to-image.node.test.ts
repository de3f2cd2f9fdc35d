import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawnPictures, fileOf, lessons } from '../../packages/embedders/test/drawn-pictures.js';
import { ask } from './ask.js';
import { makeSearchable } from './make-searchable.js';

let drawn: Awaited<ReturnType<typeof drawnPictures>>;
beforeAll(async () => {
  drawn = await drawnPictures();
});
afterAll(() => drawn?.remove());

it('finds pictures by the words that the encoder knows, whatever their script', async () => {
  const bundle = join(drawn.root, 'bundle');
  await writeFile(join(drawn.pictures, 'broken.png'), 'not a picture');
  const report = await makeSearchable(drawn.pictures, drawn.encoder, bundle);
  expect(report).toMatchObject({ rows: 6, skipped: [{ id: 'broken.png', code: 'BAD_PICTURE' }] });
  for (const word of Object.keys(lessons)) {
    const { found, alike } = await ask(bundle, word);
    expect(found[0]).toMatchObject({ id: fileOf(word), score: expect.closeTo(1, 2) });
    expect(alike.map(({ id }) => id)).not.toContain(found[0]!.id);
    expect(alike).toHaveLength(3);
  }
});

it('says so when it knows none of the words', async () => {
  await expect(ask(join(drawn.root, 'bundle'), 'xylophone')).rejects.toMatchObject({ code: 'BAD_TEXT' });
});
