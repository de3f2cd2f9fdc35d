import { createPicture, createRng } from '@nearkin/core';

const colours: Readonly<Record<string, readonly [number, number, number]>> = {
  red: [230, 30, 30],
  green: [30, 200, 40],
  blue: [40, 40, 230],
  yellow: [240, 220, 30],
};
const sides = ['left', 'right', 'top', 'bottom'] as const;

/** Pictures of a half in a colour, the other half white, with two captions each: 16 different ones, noisy. */
export function colourPairs(seed: number) {
  const rng = createRng(seed);
  return Object.entries(colours).flatMap(([colour, rgb]) =>
    sides.map((where) => {
      const data = new Uint8Array(8 * 8 * 3);
      for (let y = 0; y < 8; y++)
        for (let x = 0; x < 8; x++) {
          const inside = { left: x < 4, right: x >= 4, top: y < 4, bottom: y >= 4 }[where];
          for (let k = 0; k < 3; k++) data[(y * 8 + x) * 3 + k] = (inside ? rgb[k]! : 245) + rng.integer(10);
        }
      return {
        image: createPicture({ data, width: 8, height: 8, channels: 3 }),
        captions: [`${colour} ${where}`, `the ${where} is ${colour}`],
      };
    }),
  );
}
