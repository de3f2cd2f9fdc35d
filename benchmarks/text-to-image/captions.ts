import { createRng } from '@nearkin/core';

const subjects = ['a man', 'two women', 'a brown dog', 'a cat', 'an old bus', 'several children', 'a red train'];
const verbs = ['sitting on', 'standing next to', 'riding', 'looking at', 'lying under', 'holding'];
const objects = ['a wooden bench', 'a skateboard', 'a laptop computer', 'a plate of food', 'the sandy beach', 'a kite'];
const places = ['in a park', 'at night', 'on a crowded street', 'near the window', 'by the sea', 'in the snow'];

/** Texts as long as captions are: some fifty characters. */
export function captions(count: number): string[] {
  const rng = createRng(11);
  const one = (list: readonly string[]) => list[rng.integer(list.length)]!;
  return Array.from({ length: count }, () => [one(subjects), one(verbs), one(objects), one(places)].join(' '));
}
