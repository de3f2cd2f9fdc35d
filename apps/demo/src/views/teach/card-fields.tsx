import type { Card } from '../../state/models.js';

const fields = [
  ['name', 'Name'],
  ['description', 'Description'],
  ['author', 'Author'],
  ['version', 'Version'],
  ['license', 'Licence'],
] as const;

/** What a person should know about a model. */
export function CardFields({ card, onChange }: { card: Card; onChange: (card: Card) => void }) {
  return (
    <>
      {fields.map(([key, text]) => (
        <label key={key} class={`field ${key}`}>
          <span>{text}</span>
          <input
            name={key}
            autocomplete="off"
            required={key === 'name'}
            maxLength={key === 'description' ? 1000 : 120}
            value={card[key]}
            onInput={({ currentTarget }) => onChange({ ...card, [key]: currentTarget.value })}
          />
        </label>
      ))}
    </>
  );
}
