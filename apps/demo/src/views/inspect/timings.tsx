import { type Meter, meters, percentile } from '../../state/meters.js';

const names: readonly (readonly [Meter, string])[] = [
  ['embed', 'looking at a picture'],
  ['match', 'comparing it with the albums'],
  ['search', 'searching the index'],
  ['draw', 'drawing the answer'],
];

export function Timings() {
  return (
    <section class="panel" aria-labelledby="timings-title">
      <h2 id="timings-title">Time</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">of the last 200</th>
            <th scope="col">p50</th>
            <th scope="col">p95</th>
            <th scope="col">times</th>
          </tr>
        </thead>
        <tbody>
          {names.map(([meter, name]) => {
            const values = meters.value[meter];
            const show = (share: number) => {
              const ms = percentile(values, share);
              return ms === undefined ? '–' : `${ms.toFixed(1)} ms`;
            };
            return (
              <tr key={meter}>
                <th scope="row">{name}</th>
                <td>{show(0.5)}</td>
                <td>{show(0.95)}</td>
                <td>{values.length}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
