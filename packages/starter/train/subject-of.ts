/** What the split looks at. */
export interface NamedEmoji {
  /** Code points in hexadecimal, joined by `-`. */
  readonly hex: string;
  /** English. */
  readonly name: string;
}

const colours = 'red|orange|yellow|green|blue|purple|brown|black|white|pink|grey|light blue';
const sizes = 'large|medium|small|medium-small|hollow|dark|medium-dark|light|medium-light';
const directions =
  'up-right|up-left|down-right|down-left|up-down|left-right|up|down|left|right|upwards|downwards|leftwards|rightwards';
const people = 'man|woman|men|women|person|people|boy|girl|mr|mrs|mx';

/** Emoji that are drawn alike although neither code points nor a common rule of names say so. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^family\b/, 'family'],
  [/^kiss(:|$)/, 'kiss'],
  [/^couple with heart/, 'couple with heart'],
  [/holding hands$/, 'holding hands'],
  [/\bclaus\b/, 'claus'],
  [/^(prince|princess|person with crown)$/, 'prince'],
  [/^mer(man|maid|person)$/, 'merperson'],
  [/^(old|older) (man|woman|person)$/, 'old person'],
  [/^(breast-feeding|(man|woman|person) feeding baby)$/, 'feeding baby'],
  [/(curly|white|red|blond) hair|: bald|^bald$/, 'hair'],
  [/beard$/, 'beard'],
  [/skin tone$/, 'skin tone'],
  [/(o’clock|-thirty)$/, 'clock face'],
  [/\bmoon( face)?$/, 'moon'],
  [/^globe showing/, 'globe'],
  [/banknote$/, 'banknote'],
  [/place medal$/, 'place medal'],
  [/mailbox with/, 'mailbox'],
  [/^speaker /, 'speaker'],
  [/^deaf /, 'deaf'],
  [/^(?!envelope|bow).*\barrows?\b/, 'arrow'],
  [/^keycap/, 'keycap'],
  [/^(?:.* )?(heart)$/, 'heart of one colour'],
  [/^input /, 'input'],
  [/volcano|^mountain|snow-capped mountain/, 'mountain'],
];

/**
 * The subject of an emoji: all its variants (skin tone, gender, role, direction, colour, size, phase) have the same, so
 * that a split by subject keeps a picture's near twins on its side. Flags are each a subject of their own.
 *
 * @example
 * subjectOf({ hex: '1F469-200D-1F680', name: 'woman astronaut' }) === subjectOf({ hex: '1F9D1-200D-1F680', name: 'astronaut' }); // true
 */
export function subjectOf({ hex, name }: NamedEmoji): string {
  if (/^flag: /.test(name)) return name;
  for (const [pattern, subject] of families) if (pattern.test(name)) return subject;
  const points = hex.split('-').filter((point) => !/^(FE0F|1F3F[B-F]|2640|2642)$/.test(point));
  while (points.at(-1) === '200D') points.pop();
  // Person, joiner, thing: the thing is the role.
  if (points.length >= 3 && /^(1F468|1F469|1F9D1)$/.test(points[0]!)) return `role ${points.slice(2).join('-')}`;
  const plain = name
    .toLowerCase()
    .replace(new RegExp(`^(${people})\\b`), '')
    .replace(new RegExp(`\\b(${directions})(-facing|-pointing)?\\b(?!-)`, 'g'), '')
    .replace(
      new RegExp(`^((${sizes}|${colours})[ -])+(?=.*\\b(heart|circle|square|diamond|book|flag|button|apple)s?\\b)`),
      '',
    )
    .replace(new RegExp(`\\b(${sizes}) (square|diamond)`), '$2')
    .replace(/\s+/g, ' ')
    .trim();
  // Signed variants of one base meet at the base; everything else at its name.
  return plain || points.join('-');
}

/**
 * Chooses the emoji to hold out: whole subjects, in an order that a hash decides, until the share is reached.
 *
 * @param options.order rank of a subject; the lowest go out
 * @returns for each emoji whether it is held out
 */
export function holdOut(
  emoji: readonly NamedEmoji[],
  { share, order }: { readonly share: number; readonly order: (subject: string) => number },
): boolean[] {
  const subjects = emoji.map(subjectOf);
  const sizesOf = new Map<string, number>();
  for (const subject of subjects) sizesOf.set(subject, (sizesOf.get(subject) ?? 0) + 1);
  const out = new Set<string>();
  let room = Math.floor(share * emoji.length);
  for (const subject of [...sizesOf.keys()].sort((a, b) => order(a) - order(b))) {
    const size = sizesOf.get(subject)!;
    if (size > room) continue;
    out.add(subject);
    room -= size;
  }
  return subjects.map((subject) => out.has(subject));
}
