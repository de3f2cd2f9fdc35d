import { describe, expect, it } from 'vitest';
import { holdOut, subjectOf } from '../train/subject-of.js';

const emoji = (hex: string, name: string) => ({ hex, name });

describe('subjectOf', () => {
  it.each([
    ['genders', emoji('1F9DE-200D-2640-FE0F', 'woman genie'), emoji('1F9DE', 'genie')],
    ['roles', emoji('1F468-200D-1F680', 'man astronaut'), emoji('1F9D1-200D-1F680', 'astronaut')],
    ['sports', emoji('1F3CA-200D-2642-FE0F', 'man swimming'), emoji('1F3CA', 'person swimming')],
    ['deaf people', emoji('1F9CF', 'deaf person'), emoji('1F9CF-200D-2640-FE0F', 'deaf woman')],
    ['families', emoji('1F468-200D-1F466', 'family: man, boy'), emoji('1F46A', 'family')],
    ['colours', emoji('1F499', 'blue heart'), emoji('1F49C', 'purple heart')],
    ['colours of shapes', emoji('1F7E6', 'blue square'), emoji('25AB', 'white small square')],
    ['directions', emoji('2B06', 'up arrow'), emoji('2198', 'down-right arrow')],
    ['phases', emoji('1F311', 'new moon'), emoji('1F31B', 'first quarter moon face')],
    ['hours', emoji('1F55B', 'twelve o’clock'), emoji('1F567', 'twelve-thirty')],
  ])('is one for variants: %s', (_what, a, b) => {
    expect(subjectOf(a)).toBe(subjectOf(b));
  });

  it.each([
    ['flags', emoji('1F1E9-1F1EA', 'flag: Germany'), emoji('1F1E7-1F1EA', 'flag: Belgium')],
    ['animals', emoji('1F412', 'monkey'), emoji('1F435', 'monkey face')],
    ['roles', emoji('1F468-200D-1F680', 'man astronaut'), emoji('1F468-200D-1F692', 'man firefighter')],
    ['arrows and what has one', emoji('2B06', 'up arrow'), emoji('1F3F9', 'bow and arrow')],
  ])('is another for other things: %s', (_what, a, b) => {
    expect(subjectOf(a)).not.toBe(subjectOf(b));
  });
});

describe('holdOut', () => {
  it('holds out whole subjects up to the share', () => {
    const all = [
      emoji('1F468-200D-1F680', 'man astronaut'),
      emoji('1F469-200D-1F680', 'woman astronaut'),
      ...Array.from({ length: 18 }, (_, i) => emoji(`1F4${10 + i}`, `thing ${i}`)),
    ];
    const order = (subject: string) => (subject.startsWith('role') ? 0 : Number(subject.slice(6)) + 1);
    const out = holdOut(all, { share: 0.2, order });
    expect(out.map((held, i) => (held ? i : -1)).filter((i) => i >= 0)).toEqual([0, 1, 2, 3]);
    // Two do not fit into the room for one: the next subject goes.
    expect(holdOut(all, { share: 0.05, order }).indexOf(true)).toBe(2);
  });
});
