import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { SavedModel } from '../../engines/gallery-store.js';
import { type Card, canShare, editModel, offer, openModel, removeModel, savedFile, share } from '../../state/models.js';
import { CardFields } from './card-fields.js';

export type Run = (work: () => Promise<void>) => Promise<void>;

const size = (bytes: number) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const cardOf = ({ name, description, author, version, license }: SavedModel): Card => ({
  name,
  description,
  author,
  version,
  license,
});

/** A model of this device: what it is, and all that can be done with it. */
export function ModelRow({ model, run }: { model: SavedModel; run: Run }) {
  const removing = useRef<HTMLDialogElement>(null);
  const editing = useRef<HTMLDialogElement>(null);
  const card = useSignal(cardOf(model));
  return (
    <li data-model={model.name}>
      <div>
        <strong>{model.name}</strong>
        <p class="soft">
          {model.labels.length} labels, {model.pictures} pictures, {size(model.zip.size)}
          {model.author && `, by ${model.author}`}
          {model.version && `, version ${model.version}`}
          {model.license && `, ${model.license}`}
        </p>
        {model.description && <p>{model.description}</p>}
        <details>
          <summary>Labels</summary>
          <p>{model.labels.join(', ')}</p>
        </details>
      </div>
      <div class="row">
        <button type="button" class="button" onClick={() => void run(() => openModel(model.zip, model.name))}>
          Open
        </button>
        <button type="button" class="button" onClick={() => offer(...savedFile(model))}>
          Download
        </button>
        {canShare('save') && (
          <button type="button" class="button" onClick={() => void run(() => share(...savedFile(model)))}>
            Share …
          </button>
        )}
        <button
          type="button"
          class="button"
          onClick={() => {
            card.value = cardOf(model);
            editing.current?.showModal();
          }}
        >
          Edit …
        </button>
        <button type="button" class="button" onClick={() => removing.current?.showModal()}>
          Delete …
        </button>
      </div>
      <dialog ref={editing} aria-label={`Edit ${model.name}`}>
        <h2>Edit {model.name}</h2>
        <form
          method="dialog"
          class="save"
          onSubmit={() => {
            if (card.value.name.trim() !== '') void run(() => editModel(model, card.value));
          }}
        >
          <CardFields
            card={card.value}
            onChange={(next) => {
              card.value = next;
            }}
          />
          <div class="row end">
            <button type="button" class="button" onClick={() => editing.current?.close()}>
              Cancel
            </button>
            <button type="submit" class="button primary">
              Change
            </button>
          </div>
        </form>
      </dialog>
      <dialog ref={removing} aria-label={`Delete ${model.name}?`}>
        <h2>Delete {model.name}?</h2>
        <p>It goes from this device. Your albums stay.</p>
        <form method="dialog" class="row end">
          <button type="submit" class="button">
            Keep it
          </button>
          <button type="submit" class="button danger" onClick={() => void run(() => removeModel(model))}>
            Delete
          </button>
        </form>
      </dialog>
    </li>
  );
}
