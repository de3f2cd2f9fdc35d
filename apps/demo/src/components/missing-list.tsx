import { missing } from '../state/missing.js';

/** Says what is not there, without standing in the way. */
export function MissingList() {
  const list = missing.value;
  if (list.length === 0) return null;
  return (
    <details class="missing">
      <summary>Missing here: {list.map(({ what }) => what).join(', ')}</summary>
      <ul>
        {list.map(({ what, means }) => (
          <li key={what}>
            <strong>{what}</strong>: {means}
          </li>
        ))}
      </ul>
    </details>
  );
}
