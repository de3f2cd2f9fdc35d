import type { EmojiText } from './emoji-data.js';

/**
 * How alike the words of emoji are: cosines of their bags of names and keywords in all languages, each text weighed by
 * how few emoji have it, squared, so that what shares one common word is next to nothing.
 *
 * @returns `[n, n]`, row-major; rows add up to 1, or to 0 where nothing is alike; 0 on the diagonal
 */
export function alikeByWords(texts: readonly Readonly<Record<string, EmojiText>>[]): Float32Array {
  const n = texts.length;
  const bags = texts.map((own) => {
    const bag = new Set<string>();
    for (const [language, { name, keywords }] of Object.entries(own))
      for (const text of [...keywords, ...name.split(/[\s:,]+/u)])
        if (text) bag.add(`${language} ${text.toLowerCase()}`);
    return bag;
  });
  const holders = new Map<string, number[]>();
  bags.forEach((bag, i) => {
    for (const text of bag) holders.set(text, [...(holders.get(text) ?? []), i]);
  });
  const products = new Float64Array(n * n);
  for (const list of holders.values()) {
    const weight = Math.log(n / list.length) ** 2;
    for (const i of list) for (const j of list) products[i * n + j]! += weight;
  }
  const out = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const cosine = products[i * n + j]! / Math.sqrt(products[i * n + i]! * products[j * n + j]! || 1);
      out[i * n + j] = cosine ** 2;
      sum += cosine ** 2;
    }
    if (sum > 0) for (let j = 0; j < n; j++) out[i * n + j]! /= sum;
  }
  return out;
}
