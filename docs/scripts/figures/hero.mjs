import { createRng } from '@nearkin/core';

const looks = {
  light: { ink: '#1f2933', faint: '#d8dcd9', kin: ['#0f766e', '#9a3412', '#1d4ed8', '#7e22ce', '#4d7c0f', '#be123c'] },
  dark: { ink: '#e6eaec', faint: '#38424a', kin: ['#5eead4', '#fdba74', '#93c5fd', '#d8b4fe', '#bef264', '#fda4af'] },
};

/** Six groups of points around six named pictures; a question is joined to its nearest point. */
export function hero(theme) {
  const { ink, faint, kin } = looks[theme];
  const rng = createRng(11);
  const centres = [
    [105, 110],
    [250, 62],
    [345, 190],
    [258, 322],
    [100, 300],
    [205, 196],
  ];
  const points = centres.flatMap(([x, y], label) =>
    Array.from({ length: 7 }, () => ({ x: x + rng.normal() * 22, y: y + rng.normal() * 22, label })),
  );
  const query = { x: 300, y: 128 };
  const near = points
    .map((point) => ({ ...point, d: Math.hypot(point.x - query.x, point.y - query.y) }))
    .sort((a, b) => a.d - b.d);
  const [best] = near;
  const marks = points
    .map(({ x, y, label }) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="5.5" fill="${kin[label]}"/>`)
    .join('\n');
  const rays = near
    .slice(1, 6)
    .map(
      ({ x, y }) =>
        `<line x1="${query.x}" y1="${query.y}" x2="${x.toFixed(1)}" y2="${y.toFixed(1)}" stroke="${faint}" stroke-width="1.5"/>`,
    )
    .join('\n');
  const star = Array.from({ length: 10 }, (_, i) => {
    const radius = i % 2 ? 6 : 14;
    const angle = (i * Math.PI) / 5 - Math.PI / 2;
    return `${(query.x + radius * Math.cos(angle)).toFixed(1)},${(query.y + radius * Math.sin(angle)).toFixed(1)}`;
  }).join(' ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 440 400" role="img">
${rays}
${marks}
<circle cx="${query.x}" cy="${query.y}" r="${best.d.toFixed(1)}" fill="none" stroke="${ink}" stroke-width="1" stroke-dasharray="3 5"/>
<line x1="${query.x}" y1="${query.y}" x2="${best.x.toFixed(1)}" y2="${best.y.toFixed(1)}" stroke="${ink}" stroke-width="2.5"/>
<circle cx="${best.x.toFixed(1)}" cy="${best.y.toFixed(1)}" r="9" fill="none" stroke="${ink}" stroke-width="2.5"/>
<polygon points="${star}" fill="#f59e0b" stroke="${ink}" stroke-width="1.5"/>
</svg>`;
}
