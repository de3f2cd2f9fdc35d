import { faint, grey, ink, line, svg, teal, text } from './chart.mjs';

const rows = [
  { name: 'tom.jpg', label: 'cat', row: [1, 0] },
  { name: 'kitty.jpg', label: 'cat', row: [0.8, 0.6] },
  { name: 'rex.jpg', label: 'dog', row: [0, 1] },
];
const query = [0.6, 0.8];

/** The layers, with the numbers of the program on the page: a vector, times the gallery, the largest of each class. */
export function retrievalLayers() {
  const cosines = rows.map(({ row }) => row[0] * query[0] + row[1] * query[1]);
  const best = ['cat', 'dog'].map((label) => ({
    label,
    score: Math.max(...rows.flatMap((row, i) => (row.label === label ? [cosines[i]] : []))),
  }));
  const cell = (x, y, value, color = ink) =>
    `<rect x="${x}" y="${y}" width="64" height="40" fill="none" stroke="${color}" stroke-width="1.5"/>${text(x + 32, y + 26, value, { anchor: 'middle', color })}`;
  const top = 70;
  const decisive = cosines.indexOf(best[0].score);
  return svg(
    300,
    'A picture becomes two numbers; their products with three gallery rows are 0.60, 0.96 and 0.80; the best of each class makes cat 0.96 and dog 0.80',
    `${text(20, 34, 'vector', { color: grey })}${text(190, 34, 'gallery, one row a picture', { color: grey })}${text(452, 34, 'cosines', { color: grey })}${text(560, 34, 'classes', { color: grey })}
${query.map((value, i) => cell(20, top + 40 * i + 20, value.toFixed(1))).join('')}
${text(132, top + 66, '×', { size: 24, anchor: 'middle' })}
${rows
  .map(
    ({ name, row }, i) =>
      `${row.map((value, d) => cell(190 + 64 * d, top + 52 * i - 12, value.toFixed(1), i === decisive ? teal : ink)).join('')}${text(326, top + 52 * i + 14, name, { color: i === decisive ? teal : grey, size: 14 })}`,
  )
  .join('')}
${text(424, top + 66, '=', { size: 24, anchor: 'middle' })}
${cosines.map((value, i) => cell(448, top + 52 * i - 12, value.toFixed(2), i === decisive ? teal : ink)).join('')}
${best
  .map(({ label, score }, i) => {
    const y = top + 8 + 84 * i;
    const from = rows.flatMap((row, r) => (row.label === label ? [r] : []));
    return `${from.map((r) => line(512, top + 52 * r + 8, 552, y + 6, { color: r === decisive ? teal : faint, width: r === decisive ? 3 : 2 })).join('')}${text(560, y, label, { weight: 600, color: i === 0 ? teal : ink })}${text(560, y + 20, score.toFixed(2), { color: i === 0 ? teal : ink })}`;
  })
  .join('')}
${text(20, 272, 'embedder, L2Normalize', { size: 14, color: grey })}${text(232, 272, 'CosineMatch', { size: 14, color: grey })}${text(630, 272, 'ClassAggregate: max', { size: 14, color: grey, anchor: 'end' })}`,
  );
}
