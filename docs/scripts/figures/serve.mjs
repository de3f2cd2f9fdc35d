import { amber, grey, ink, line, svg, teal, text } from './chart.mjs';

const box = (x, y, width, height, label, color = ink) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="none" stroke="${color}" stroke-width="1.5"/>${text(x + width / 2, y + height / 2 + 5, label, { anchor: 'middle', size: 14, color })}`;
const arrow = (x, y1, y2, color) =>
  `${line(x, y1, x, y2, { color, width: 2 })}<path d="M${x - 5} ${y2 - 8 * Math.sign(y2 - y1)}L${x} ${y2}L${x + 5} ${y2 - 8 * Math.sign(y2 - y1)}" fill="none" stroke="${color}" stroke-width="2"/>`;

/** The whole file to the page; parts of it; questions to a service, which may ask parts. */
export function serve() {
  const heads = ['whole file', 'static host', 'your service'];
  return svg(
    330,
    'Three ways to answer from an index: send the file, read parts of it from a static host, or ask a service, whose index may stand in parts',
    `${heads.map((head, i) => text(104 + 216 * i, 28, head, { anchor: 'middle', weight: 600 })).join('')}
${box(34, 50, 140, 44, 'page, searches', teal)}${box(250, 50, 140, 44, 'page, searches', teal)}${box(466, 50, 140, 44, 'page, asks')}
${arrow(104, 182, 100, teal)}${text(114, 146, 'once, all of it', { size: 14, color: grey })}
${arrow(320, 182, 100, teal)}${text(330, 138, 'header, centres,', { size: 14, color: grey })}${text(330, 156, 'some partitions', { size: 14, color: grey })}
${arrow(528, 100, 182, ink)}${arrow(544, 182, 100, teal)}${text(556, 138, 'vector,', { size: 14, color: grey })}${text(556, 156, 'best rows', { size: 14, color: grey })}
${box(34, 188, 140, 44, 'photos.nearkin')}${box(250, 188, 140, 44, 'photos.nearkin')}${box(466, 188, 140, 44, 'service, merges', teal)}
${[0, 1, 2].map((i) => line(536, 232, 490 + 46 * i, 268, { color: amber }) + box(470 + 46 * i, 268, 40, 36, `${i + 1}`, amber)).join('')}
${text(456, 291, 'parts', { size: 14, color: amber, anchor: 'end' })}`,
  );
}
