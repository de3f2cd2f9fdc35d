import { createRng, type Picture } from '@nearkin/core';
import type { DualEncoder, ImageInput } from '@nearkin/embedders';
import { smallDualEncoder } from '../../embedders/test/small-encoders.js';
import { randomPicture } from '../../embedders/test/small-models.js';
import { type BundleSearcher, buildSearcher, type SearcherItem } from '../src/index.js';

export const words = [
  'apple',
  'pear',
  'red',
  'green',
  'cat',
  'dog',
  'sleeping',
  'drawing',
  'photo',
  'Katze',
  'кошка',
  '猫',
];

export const encoderOfWords = (): DualEncoder => smallDualEncoder({ known: words });

/** Pictures with labels, links and thumbnails that tell their number. */
export function items(count: number): (SearcherItem<ImageInput> & { input: Picture })[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `pictures/${i}.png`,
    label: i % 2 === 0 ? 'even' : 'odd',
    input: randomPicture(i, 8 + (i % 5), 8),
    metadata: { link: `https://example.com/${i}`, number: i },
  }));
}

export const thumbnailOf = async ({ id }: { id: string }) => new TextEncoder().encode(`small ${id}`);

export function smallSearcher(count = 30): Promise<BundleSearcher<ImageInput>> {
  return buildSearcher<ImageInput>(items(count), {
    encoder: encoderOfWords(),
    thumbnail: thumbnailOf,
    userinfo: { made: 'by a test' },
  });
}

/** Some queries of every kind. */
export function someQueries() {
  const rng = createRng(3);
  return [
    ...words,
    'a red apple',
    'sleeping Katze',
    { image: randomPicture(rng.integer(1000)) },
    { text: 'cat', image: randomPicture(5), weights: { text: 0.3 } },
    { text: 'dog', not: 'sleeping dog' },
    { like: ['pictures/3.png', 'pictures/4.png'] },
    { text: 'red', like: 'pictures/7.png', notImage: randomPicture(8) },
  ];
}
