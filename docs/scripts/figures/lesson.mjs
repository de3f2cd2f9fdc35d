import { amber, dot, faint, grey, ink, line, n, svg, teal, text } from './chart.mjs';

const colors = { case: teal, bottle: amber };
const known = [
  { label: 'case', x: 52, y: 70 },
  { label: 'bottle', x: 150, y: 150 },
];
const more = { label: 'case', x: 96, y: 142 };
const reach = 62;
const panels = [
  { title: 'one picture each', pictures: known, question: { x: 112, y: 118, is: 'the case, in the dark' } },
  { title: 'one more', pictures: [...known, more], question: { x: 112, y: 118, is: 'the case, in the dark' } },
  { title: 'a stranger', pictures: [...known, more], question: { x: 170, y: 48, is: 'an apple' }, threshold: true },
];

/** Three questions on a plane: answered wrongly, repaired by a picture, refused by a threshold. All nearest are computed. */
export function lesson() {
  const drawn = panels.map(({ title, pictures, question, threshold }, i) => {
    const left = 8 + 214 * i;
    const at = ({ x, y }) => [left + x, 40 + y];
    const [best] = pictures
      .map((picture) => ({ ...picture, distance: Math.hypot(picture.x - question.x, picture.y - question.y) }))
      .sort((a, b) => a.distance - b.distance);
    const unknown = threshold && best.distance > reach;
    const said = unknown ? 'unknown' : best.label;
    const [x, y] = at(question);
    return `${text(left + 98, 26, title, { anchor: 'middle', weight: 600 })}
<rect x="${left}" y="40" width="196" height="200" rx="8" fill="none" stroke="${faint}" stroke-width="1.5"/>
${threshold ? pictures.map((picture) => `<circle cx="${at(picture)[0]}" cy="${at(picture)[1]}" r="${reach}" fill="none" stroke="${grey}" stroke-dasharray="3 4" clip-path="url(#panel)"/>`).join('') : ''}
${unknown ? '' : line(x, y, ...at(best), { color: colors[best.label], width: 2.5 })}
${pictures.map((picture) => dot(...at(picture), 8, colors[picture.label])).join('')}
<path d="M${n(x - 8)} ${y}h16m-8 -8v16" stroke="${ink}" stroke-width="3"/>
${text(left + 98, 264, question.is, { anchor: 'middle', size: 15, color: grey })}
${text(left + 98, 286, `said: ${said}`, { anchor: 'middle', color: colors[said] ?? ink, weight: 600 })}`;
  });
  return svg(
    304,
    'Three questions: with one picture each the case in the dark is nearest to the bottle; with one more picture it is nearest to the case; an apple is too far from all and stays unknown',
    `<clipPath id="panel"><rect x="436" y="40" width="196" height="200" rx="8"/></clipPath>\n${drawn.join('\n')}`,
  );
}
