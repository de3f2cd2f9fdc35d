import { amber, dot, faint, grey, ink, line, n, svg, teal, text } from './chart.mjs';

/** On a unit circle: the dot product is the shadow of one vector on the other, and the chord is the distance. */
export function dotProduct() {
  const [cx, cy, r] = [170, 190, 150];
  const at = (degrees, length = 1) => [
    cx + r * length * Math.cos((degrees * Math.PI) / 180),
    cy - r * length * Math.sin((degrees * Math.PI) / 180),
  ];
  const [ax, ay] = at(10);
  const [bx, by] = at(62);
  const cosine = Math.cos((52 * Math.PI) / 180);
  const [fx, fy] = at(10, cosine);
  const chord = Math.sqrt(2 - 2 * cosine);
  return svg(
    380,
    'Two unit vectors, their dot product as the shadow of one on the other, and the chord between their ends',
    `<circle cx="${cx}" cy="${cy}" r="${r}" fill="none" stroke="${faint}" stroke-width="1.5"/>
${line(cx, cy, ax, ay)}
${line(cx, cy, bx, by)}
${line(bx, by, fx, fy, { color: grey, dash: '4 4' })}
${line(cx, cy, fx, fy, { color: teal, width: 5 })}
${line(ax, ay, bx, by, { color: amber, width: 3 })}
${dot(cx, cy, 4, ink)}${dot(ax, ay, 5, ink)}${dot(bx, by, 5, ink)}
${text(ax + 10, ay + 4, 'a', { weight: 600 })}
${text(bx + 4, by - 10, 'b', { weight: 600 })}
${text(n((cx + fx) / 2) - 4, n((cy + fy) / 2) + 26, `a · b = ${cosine.toFixed(3)}`, { color: teal, weight: 600 })}
${text(362, 92, `|a − b| = ${chord.toFixed(3)}`, { color: amber, weight: 600 })}
${text(362, 150, '|a − b|² = 2 − 2 a · b')}
${text(362, 176, `${(chord * chord).toFixed(3)} = 2 − 2 × ${cosine.toFixed(3)}`, { color: grey })}
${text(362, 226, 'A longer shadow, a shorter chord:')}
${text(362, 250, 'both give rows in the same order.')}`,
  );
}
