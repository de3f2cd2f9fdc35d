import { createRng } from '@nearkin/core';
import { anisotropicWeight } from '@nearkin/searcher';
import { amber, dot, faint, grey, ink, line, n, svg, teal, text } from './chart.mjs';

const weight = anisotropicWeight({ threshold: 0.2, dim: 100 });

/** Loss of putting code word c in place of row x: errors along x cost `eta` times as much as errors across it. */
function loss([x, y], [cx, cy], eta) {
  const length = Math.hypot(x, y);
  const along = ((cx - x) * x + (cy - y) * y) / length;
  const across = Math.hypot(cx - x, cy - y) ** 2 - along ** 2;
  return eta * along ** 2 + across;
}

/**
 * To the left: lines of equal loss around one row, plain and anisotropic, and the code word that each chooses of three.
 * To the right: over 4,000 rows, how far the dot product with the row's own direction is off, by either choice.
 */
export async function anisotropic() {
  const [ox, oy, unit] = [60, 300, 220];
  const at = ([x, y]) => [ox + unit * x, oy - unit * y];
  const row = [0.82, 0.57];
  const words = [
    [0.682, 0.795],
    [0.7, 0.475],
    [1.12, 0.2],
  ];
  const best = (eta) => words.reduce((a, b) => (loss(row, a, eta) <= loss(row, b, eta) ? a : b));
  const [plain, aniso] = [best(1), best(weight)];
  const ring = (eta, radius, color) => {
    const [x, y] = at(row);
    const angle = (-Math.atan2(row[1], row[0]) * 180) / Math.PI;
    return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n((unit * radius) / Math.sqrt(eta))}" ry="${n(unit * radius)}" transform="rotate(${n(angle)} ${n(x)} ${n(y)})" fill="none" stroke="${color}" stroke-width="1.5"/>`;
  };
  const [x, y] = at(row);
  const errors = measure();
  const bars = [
    ['plain', errors.plain, amber],
    ['anisotropic', errors.anisotropic, teal],
  ];
  const scale = 150 / Math.max(...bars.map(([, value]) => value));
  return svg(
    350,
    'Lines of equal loss around a row: a circle for squared error, an ellipse pressed flat along the row for the anisotropic loss',
    `${line(ox, oy, ...at([1.3, 0]), { color: faint })}${line(ox, oy, ...at([0, 1.15]), { color: faint })}
${line(ox, oy, x, y, { width: 2 })}
${ring(1, Math.hypot(plain[0] - row[0], plain[1] - row[1]), amber)}
${ring(weight, Math.sqrt(loss(row, aniso, weight)), teal)}
${words.map((word) => dot(...at(word), 5, grey)).join('')}
${dot(...at(plain), 6, amber)}${dot(...at(aniso), 6, teal)}
${dot(x, y, 5, ink)}
${text(x + 12, y - 4, 'row x', { weight: 600 })}
${text(at(plain)[0] - 20, at(plain)[1] + 54, 'nearest word', { color: amber, weight: 600 })}
${text(at(aniso)[0] - 14, at(aniso)[1] - 4, 'least loss', { color: teal, anchor: 'end', weight: 600 })}
${text(ox, oy + 28, `errors along x cost ${weight.toFixed(2)} times as much`, { color: grey })}
${text(410, 84, 'error of the score, for')}${text(410, 106, 'queries that point at x')}
${bars
  .map(
    ([name, value, color], i) =>
      `<rect x="410" y="${128 + 58 * i}" width="${n(value * scale)}" height="16" fill="${color}"/>${text(410, 164 + 58 * i, `${name} ${value.toFixed(4)}`, { color })}`,
  )
  .join('')}
${text(410, 270, 'root mean square,', { color: grey })}${text(410, 290, '4,000 rows, 40 words', { color: grey })}`,
  );

  function measure() {
    const rng = createRng(5);
    const rows = Array.from({ length: 4000 }, () => {
      const angle = 2 * Math.PI * rng.uniform();
      return [Math.cos(angle), Math.sin(angle)];
    });
    const codebook = Array.from({ length: 40 }, () => {
      const angle = 2 * Math.PI * rng.uniform();
      const length = 0.75 + 0.4 * rng.uniform();
      return [length * Math.cos(angle), length * Math.sin(angle)];
    });
    const error = (eta) => {
      let sum = 0;
      for (const point of rows) {
        const word = codebook.reduce((a, b) => (loss(point, a, eta) <= loss(point, b, eta) ? a : b));
        sum += (point[0] * word[0] + point[1] * word[1] - 1) ** 2;
      }
      return Math.sqrt(sum / rows.length);
    };
    return { plain: error(1), anisotropic: error(weight) };
  }
}
