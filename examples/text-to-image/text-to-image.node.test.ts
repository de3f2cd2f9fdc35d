import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emojiAndWords, lessons } from '../../packages/embedders/test/emoji-bundle.js';
import { ask } from './ask.js';
import { makeSearchable } from './make-searchable.js';

let emoji: Awaited<ReturnType<typeof emojiAndWords>>;
beforeAll(async () => {
  emoji = await emojiAndWords();
});
afterAll(() => emoji?.remove());

it('finds pictures by the words that the encoder knows, whatever their script', async () => {
  const bundle = join(emoji.root, 'bundle');
  await writeFile(join(emoji.pictures, 'broken.png'), 'not a picture');
  const report = await makeSearchable(emoji.pictures, emoji.encoder, bundle);
  expect(report).toMatchObject({ rows: 6, skipped: [{ id: 'broken.png', code: 'BAD_PICTURE' }] });
  for (const [word, label] of Object.entries(lessons)) {
    const { found, alike } = await ask(bundle, word);
    expect(found[0]).toMatchObject({ id: `${label}/noto.png`, score: expect.closeTo(1, 2) });
    expect(alike.map(({ id }) => id)).not.toContain(found[0]!.id);
    expect(alike).toHaveLength(3);
  }
});

it('says so when it knows none of the words', async () => {
  await expect(ask(join(emoji.root, 'bundle'), 'xylophone')).rejects.toMatchObject({ code: 'BAD_TEXT' });
});
