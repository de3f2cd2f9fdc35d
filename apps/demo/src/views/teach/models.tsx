import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { SavedModel } from '../../engines/gallery-store.js';
import { albums } from '../../state/gallery.js';
import {
  type Card,
  type DownloadKind,
  download,
  models,
  offer,
  openModel,
  removeModel,
  saveModel,
} from '../../state/models.js';
import { complain } from '../../state/notices.js';

const size = (bytes: number) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Models of this device: kept, opened, handed on. */
export function Models() {
  const busy = useSignal(false);
  const run = async (work: () => Promise<void>) => {
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
          accept=".zip,application/zip"
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            if (file)
              void run(async () =>
                openModel(new Uint8Array(await file.arrayBuffer()), file.name.replace(/\.zip$/, '')),
              );
            currentTarget.value = '';
          }}
        />
        Import a model …
      </label>
    </section>
  );
}

const fields = [
  ['name', 'Name'],
  ['description', 'Description'],
  ['author', 'Author'],
  ['version', 'Version'],
  ['license', 'Licence'],
] as const;

const downloads: readonly (readonly [DownloadKind, string, string])[] = [
  ['save', 'nearkin model', '.zip: opens here, in Node and on the command line'],
  ['graph', 'GraphModel', '.zip: any TensorFlow.js program, none of our code'],
  ['index', 'Index', '.nearkin: for search, or a classifier of many rows'],
  ['tflite', 'TFLite', '.tflite: phones and small devices'],
];

function SaveForm({ busy, run }: { busy: boolean; run: (work: () => Promise<void>) => Promise<void> }) {
  const card = useSignal<Card>({
    name: 'My albums',
    description: '',
    author: '',
    version: '1.0',
    license: 'Apache-2.0',
  });
  const few = albums.value.size < 2;
  const named = card.value.name.trim() !== '';
  return (
    <form
      class="save"
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => saveModel(card.value));
      }}
    >
      {fields.map(([key, text]) => (
        <label key={key} class={`field ${key}`}>
          <span>{text}</span>
          <input
            name={key}
            autocomplete="off"
            required={key === 'name'}
            value={card.value[key]}
            onInput={({ currentTarget }) => {
              card.value = { ...card.value, [key]: currentTarget.value };
            }}
          />
        </label>
      ))}
      <div class="row">
        <button type="submit" class="button primary" disabled={busy || few || !named}>
          Save on this device
        </button>
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
                onClick={() => void run(() => download(kind, card.value))}
              >
                {text}
              </button>
              <span class="soft">{about}</span>
            </li>
          ))}
        </ul>
      </details>
    </form>
  );
}

function ModelRow({ model, run }: { model: SavedModel; run: (work: () => Promise<void>) => Promise<void> }) {
  const dialog = useRef<HTMLDialogElement>(null);
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
        <button
          type="button"
          class="button"
          onClick={() => void run(async () => openModel(new Uint8Array(await model.zip.arrayBuffer()), model.name))}
        >
          Open
        </button>
        <button type="button" class="button" onClick={() => offer(model.zip, `${model.name}.zip`)}>
          Download
        </button>
        <button type="button" class="button" onClick={() => dialog.current?.showModal()}>
          Delete …
        </button>
      </div>
      <dialog ref={dialog} aria-label={`Delete ${model.name}?`}>
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
