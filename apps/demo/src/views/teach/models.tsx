import { useSignal } from '@preact/signals';
import type { ExportKind } from '../../engines/export-classifier.js';
import { albums } from '../../state/gallery.js';
import { canShare, card, exportModel, models, openModel, saveModel, share } from '../../state/models.js';
import { complain } from '../../state/notices.js';
import { CardFields } from './card-fields.js';
import { ModelRow, type Run } from './model-row.js';

/** Models of this device: kept, opened, handed on. */
export function Models() {
  const busy = useSignal(false);
  const run: Run = async (work) => {
    busy.value = true;
    await work().catch(complain);
    busy.value = false;
  };
  return (
    <section class="models" aria-labelledby="models-title">
      <h2 id="models-title">Models</h2>
      <p class="soft">A model is your albums as one file: here, in Node, in any TensorFlow.js program.</p>
      <SaveForm busy={busy.value} run={run} />
      {models.value.length === 0 ? (
        <p class="soft hint">No model is saved yet.</p>
      ) : (
        <ul class="model-list" aria-label="Saved models">
          {models.value.map((model) => (
            <ModelRow key={model.id} model={model} run={run} />
          ))}
        </ul>
      )}
      <label class="button file">
        <input
          id="import"
          type="file"
          accept=".zip,.tflite,.nearkin"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file) void run(() => openModel(file, file.name.replace(/\.(zip|tflite|nearkin)$/i, '')));
            currentTarget.value = '';
          }}
        />
        Import a model …
      </label>
    </section>
  );
}

const downloads: readonly (readonly [ExportKind, string, string])[] = [
  ['save', 'nearkin model', '.zip: with the pictures; opens here, in Node and on the command line'],
  ['graph', 'GraphModel', '.zip: any TensorFlow.js program, none of our code'],
  ['index', 'Index', '.nearkin: for search, or a classifier of many rows'],
  ['tflite', 'TFLite', '.tflite: phones and small devices'],
];

function SaveForm({ busy, run }: { busy: boolean; run: Run }) {
  const few = albums.value.size < 2;
  const name = card.value.name.trim();
  const isTaken = models.value.some((model) => model.name === name);
  return (
    <form
      class="save"
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => saveModel({ ...card.value, name }));
      }}
    >
      <CardFields
        card={card.value}
        onChange={(next) => {
          card.value = next;
        }}
      />
      <div class="row">
        <button type="submit" class="button primary" disabled={busy || few || name === ''}>
          Save on this device
        </button>
        {isTaken && !few && (
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() => void run(() => saveModel({ ...card.value, name }, { replace: true }))}
          >
            Replace “{name}”
          </button>
        )}
        {few && <span class="soft">A model needs two albums.</span>}
      </div>
      <details>
        <summary>Export</summary>
        <ul class="downloads">
          {downloads.map(([kind, text, about]) => (
            <li key={kind}>
              <button
                type="button"
                class="button"
                disabled={busy || few}
                onClick={() => void run(() => exportModel(kind, { ...card.value, name }))}
              >
                {text}
              </button>
              {canShare(kind) && (
                <button
                  type="button"
                  class="link"
                  aria-label={`Share as ${text}`}
                  disabled={busy || few}
                  onClick={() => void run(() => exportModel(kind, { ...card.value, name }, share))}
                >
                  Share …
                </button>
              )}
              <span class="soft">{about}</span>
            </li>
          ))}
        </ul>
      </details>
    </form>
  );
}
