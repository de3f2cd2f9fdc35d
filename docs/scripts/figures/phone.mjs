import { amber, grey, ink, line, svg, teal, text } from './chart.mjs';

const box = (x, label, below, color = ink) =>
  `<rect x="${x}" y="92" width="118" height="52" rx="6" fill="none" stroke="${color}" stroke-width="1.5"/>${text(x + 59, 123, label, { anchor: 'middle', size: 14, weight: 600, color })}${below.map((words, i) => text(x + 59, 168 + 18 * i, words, { anchor: 'middle', size: 14, color: grey })).join('')}`;
const arrow = (x1, x2) =>
  `${line(x1, 118, x2, 118, { color: ink, width: 2 })}<path d="M${x2 - 8} 113L${x2} 118L${x2 - 8} 123" fill="none" stroke="${ink}" stroke-width="2"/>`;

/** What stands in the file: the embedder, a row for each picture, the best row of each class, names. */
export function phone() {
  return svg(
    270,
    'One file holds the embedder, a matrix with a row for each picture, the best row of each class, and the names',
    `<rect x="96" y="44" width="448" height="180" rx="10" fill="none" stroke="${grey}" stroke-width="1.5" stroke-dasharray="5 5"/>
${text(320, 32, 'shop.tflite', { anchor: 'middle', weight: 600 })}
${text(44, 114, 'a', { anchor: 'middle', size: 14 })}${text(44, 132, 'picture', { anchor: 'middle', size: 14 })}
${arrow(76, 110)}${box(114, 'embedder', ['picture', 'to vector'])}
${arrow(236, 256)}${box(260, 'products', ['with a row for', 'each picture'], teal)}
${arrow(382, 402)}${box(406, 'best row', ['of each class,', 'labels.txt'], teal)}
${arrow(528, 566)}${text(600, 114, 'name,', { anchor: 'middle', size: 14, color: amber })}${text(600, 132, 'cosine', { anchor: 'middle', size: 14, color: amber })}
${text(320, 252, 'MediaPipe, Task Library, LiteRT: nothing of nearkin runs on the phone', { anchor: 'middle', size: 14, color: grey })}`,
  );
}
