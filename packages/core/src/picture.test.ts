import { expect, it } from 'vitest';
import { createPicture } from './picture.js';

it('takes samples that fit the size and refuses others', () => {
  const data = new Uint8Array(2 * 3 * 3);
  expect(createPicture({ data, width: 2, height: 3, channels: 3 })).toMatchObject({ width: 2, height: 3 });
  const refused = [
    { width: 3, height: 3, channels: 3 },
    { width: 2, height: 3, channels: 4 },
    { width: 0, height: 3, channels: 3 },
    { width: 2.5, height: 3, channels: 3 },
    { width: 18, height: 1, channels: 1 },
  ];
  for (const size of refused)
    expect(() => createPicture({ data, ...size } as Parameters<typeof createPicture>[0])).toThrowError(
      expect.objectContaining({ code: 'BAD_PICTURE' }),
    );
});
