/** Unit rows, row-major. */
interface UnitRows {
  readonly data: Float32Array;
  readonly dim: number;
}

/**
 * How well texts find their pictures and pictures their texts: names for early stopping and curves.
 *
 * - `textToImage/R@k`: share of texts whose picture is among the k nearest
 * - `imageToText/R@k`: share of pictures that have a text of theirs among the k nearest
 * - `…/medianRank`: lower is better; the mean of the middle two where their number is even
 *
 * A row that scores as high as the right one counts as before it: ties are lost.
 *
 * @param options.imageOf for each text the row of its picture
 */
export function crossModalRanks(
  images: UnitRows,
  texts: UnitRows,
  { imageOf }: { readonly imageOf: readonly number[] },
): Record<string, number> {
  const { dim } = images;
  const count = images.data.length / dim;
  const scores = imageOf.map((_, text) => {
    const row = new Float64Array(count);
    for (let image = 0; image < count; image++)
      for (let i = 0; i < dim; i++) row[image]! += images.data[image * dim + i]! * texts.data[text * dim + i]!;
    return row;
  });
  const byText = imageOf.map((image, text) => {
    const own = scores[text]![image]!;
    return 1 + scores[text]!.reduce((before, score, other) => before + (other !== image && score >= own ? 1 : 0), 0);
  });
  const textsOf = Array.from({ length: count }, (): number[] => []);
  imageOf.forEach((image, text) => {
    textsOf[image]!.push(text);
  });
  const byImage = textsOf.flatMap((own, image) => {
    if (own.length === 0) return [];
    const best = Math.max(...own.map((text) => scores[text]![image]!));
    return [1 + imageOf.filter((other, text) => other !== image && scores[text]![image]! >= best).length];
  });
  return { ...recalls('textToImage', byText), ...recalls('imageToText', byImage) };
}

function recalls(side: string, ranks: readonly number[]): Record<string, number> {
  const at = (k: number) => ranks.filter((rank) => rank <= k).length / ranks.length;
  const sorted = [...ranks].sort((a, b) => a - b);
  const middle = (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
  return {
    [`${side}/R@1`]: at(1),
    [`${side}/R@5`]: at(5),
    [`${side}/R@10`]: at(10),
    [`${side}/medianRank`]: middle,
  };
}
