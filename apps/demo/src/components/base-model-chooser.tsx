import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { BaseModel } from '../engines/base-model.js';
import { baseModel, baseModelName, engine } from '../state/engine.js';
import { switchBaseModel } from '../state/gallery.js';
import { tell } from '../state/notices.js';

/** What turns pictures into vectors. Another one looks at everything again; albums and labels stay. */
export function BaseModelChooser() {
  const dialog = useRef<HTMLDialogElement>(null);
  const url = useSignal('');
  const busy = useSignal(false);
  const trouble = useSignal('');

  const use = async (model: BaseModel) => {
    busy.value = true;
    trouble.value = '';
    try {
      const { dim } = await switchBaseModel(model);
      dialog.current?.close();
      tell(`${baseModelName(model)} is the base model now: ${dim} numbers a picture.`);
    } catch (error) {
      trouble.value = error instanceof Error ? error.message : String(error);
    }
    busy.value = false;
  };
  const useFiles = async (list: FileList | null) => {
    const files = [...(list ?? [])];
    if (!files.some(({ name }) => name === 'model.json')) {
      trouble.value = 'Choose model.json and its weight files together.';
      return;
    }
    const read = files.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const);
    await use({ kind: 'files', name: 'Model from files', files: new Map(await Promise.all(read)) });
  };
  const current = baseModel.value;
  return (
    <>
      <button type="button" class="quiet base" onClick={() => dialog.current?.showModal()} aria-haspopup="dialog">
        <span class="base-label">Base model</span> <span>{engine.value ? baseModelName(current) : 'Starting …'}</span>
      </button>
      <dialog ref={dialog} aria-labelledby="base-title">
        <h2 id="base-title">Base model</h2>
        <p class="soft">It turns a picture into numbers. Choosing another looks at all pictures again; labels stay.</p>
        <ul class="choices">
          <Choice
            title="Built-in filters"
            text="Colours and edges, nothing learned. Starts at once; for logos, icons and flat things."
            chosen={current.kind === 'filters'}
            busy={busy.value}
            onChoose={() => use({ kind: 'filters' })}
          />
          <Choice
            title="Starter"
            text="Pictures and words in one space, trained on emoji art. 3 MB, comes with this page. For drawings."
            chosen={current.kind === 'starter'}
            busy={busy.value}
            onChoose={() => use({ kind: 'starter' })}
          />
        </ul>
        <form
          method="dialog"
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            void use({ kind: 'url', url: url.value.trim() });
          }}
        >
          <label class="field grow">
            <span>A TensorFlow.js model by address (for photos: MobileNet)</span>
            <input
              type="url"
              required
              placeholder="https://…/model.json"
              value={url.value}
              onInput={({ currentTarget }) => {
                url.value = currentTarget.value;
              }}
            />
          </label>
          <button type="submit" class="button" disabled={busy.value}>
            Load
          </button>
        </form>
        <label class="button file">
          <input type="file" multiple onChange={({ currentTarget }) => void useFiles(currentTarget.files)} />… or its
          files from this device
        </label>
        {busy.value && <p class="soft">Loading, then looking at all pictures …</p>}
        {trouble.value && (
          <p class="trouble" role="alert">
            {trouble.value}
          </p>
        )}
        <form method="dialog" class="end">
          <button type="submit" class="button">
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}

function Choice(props: { title: string; text: string; chosen: boolean; busy: boolean; onChoose: () => void }) {
  return (
    <li>
      <button type="button" class="choice" disabled={props.busy} aria-pressed={props.chosen} onClick={props.onChoose}>
        <strong>{props.title}</strong>
        <span class="soft">{props.text}</span>
      </button>
    </li>
  );
}
