import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type BaseModel, transformersLibrary } from '../engines/base-model.js';
import { cancelSwitch, changeBaseModel, switching } from '../state/base-switch.js';
import { baseModel, baseModelName, engine } from '../state/engine.js';
import { dropTarget } from './drop-target.js';

/** A small MobileNet that its makers publish for anyone to load. */
const mobileNet = 'https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_0.25_224/model.json';
const clip = 'Xenova/clip-vit-base-patch32';

/** What turns pictures into vectors. Another one looks at everything again; albums and labels stay. */
export function BaseModelChooser() {
  const dialog = useRef<HTMLDialogElement>(null);
  const trouble = useSignal('');
  const current = baseModel.value;
  const change = switching.value;
  const loading = change !== undefined && !change.isOpen;

  const use = async (model: BaseModel) => {
    trouble.value = '';
    try {
      await changeBaseModel(model);
      if (baseModel.peek() === model) dialog.current?.close();
    } catch (error) {
      trouble.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <>
      <button type="button" class="quiet base" onClick={() => dialog.current?.showModal()} aria-haspopup="dialog">
        <span class="base-label">Base model</span>{' '}
        <span class="base-name">{engine.value ? baseModelName(current) : 'Starting …'}</span>
      </button>
      <dialog ref={dialog} class="chooser" aria-labelledby="base-title">
        <div class="about">
          <h2 id="base-title">Base model</h2>
          <p class="soft">
            It turns a picture into numbers. Another one looks at all your pictures again; albums and labels stay.
          </p>
        </div>
        <ul class="choices">
          <Choice
            title="Starter"
            text="Pictures and words in one space, learned from emoji art. Comes with this page, 3 MB. For drawings, icons, and to try everything."
            chosen={current.kind === 'starter'}
            busy={loading}
            onChoose={() => use({ kind: 'starter' })}
          />
          <Choice
            title="Built-in filters"
            text="Colours and edges, nothing learned, nothing to load. For logos and flat things."
            chosen={current.kind === 'filters'}
            busy={loading}
            onChoose={() => use({ kind: 'filters' })}
          />
        </ul>
        <FilesChoice current={current} loading={loading} trouble={trouble} use={use} />
        <RemoteChoice current={current} loading={loading} use={use} />
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
        <form method="dialog" class="row end">
          {loading && (
            <>
              <span class="soft grow" data-loading>
                Loading {baseModelName(change.to)} …
              </span>
              <button type="button" class="button" onClick={cancelSwitch}>
                Cancel
              </button>
            </>
          )}
          <button type="submit" class="button">
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}

interface Part {
  readonly current: BaseModel;
  readonly loading: boolean;
  readonly use: (model: BaseModel) => Promise<void>;
}

/** A TensorFlow.js model that lies on this device: dropped, or chosen. */
function FilesChoice({ current, loading, trouble, use }: Part & { trouble: { value: string } }) {
  const over = useSignal(false);
  const take = async (list: Iterable<File>) => {
    const files = [...list];
    const root = files.find(({ name }) => name === 'model.json');
    if (!root) {
      trouble.value = 'Choose model.json and its weight files together.';
      return;
    }
    const read = files.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const);
    const [, folder] = root.webkitRelativePath.split('/').reverse();
    await use({ kind: 'files', name: folder ?? 'Model from files', files: new Map(await Promise.all(read)) });
  };
  return (
    <div
      class={`choice drop ${over.value ? 'over' : ''}`}
      data-chosen={current.kind === 'files' || undefined}
      {...dropTarget(over, ({ files }) => void take(files))}
    >
      <strong>A model from this device</strong>
      <span class="soft">
        A TensorFlow.js MobileNet, or any model of pictures: drop <code>model.json</code> and its weight files here. For
        photos.
      </span>
      <label class="button file">
        <input
          id="model-files"
          type="file"
          multiple
          disabled={loading}
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            void take(files);
          }}
        />
        Choose its files
      </label>
    </div>
  );
}

/** Models of other servers: the only way by which this page asks anybody else, so it says whom and for what. */
function RemoteChoice({ current, loading, use }: Part) {
  const url = useSignal(current.kind === 'url' ? current.url : mobileNet);
  const name = useSignal(current.kind === 'transformers' ? current.name : clip);
  const host = (text: string) => {
    try {
      return new URL(text, document.baseURI).host;
    } catch {
      return '…';
    }
  };
  return (
    <details class="choice" open={current.kind === 'url' || current.kind === 'transformers'}>
      <summary>A model from the web</summary>
      <p class="soft">
        These load from another server, when you press the button and whenever this page is opened with them. Your
        pictures stay here; that server sees your address, as with any download.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void use({ kind: 'url', url: url.value.trim() });
        }}
      >
        <label class="field">
          <span>A TensorFlow.js model by address</span>
          <input
            id="model-url"
            type="url"
            required
            value={url.value}
            onInput={({ currentTarget }) => {
              url.value = currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="button" disabled={loading}>
          Load from {host(url.value)}
        </button>
      </form>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void use({ kind: 'transformers', name: name.value.trim() });
        }}
      >
        <label class="field">
          <span>A transformers.js model by name: CLIP, SigLIP, DINOv2 …</span>
          <input
            id="model-name"
            required
            pattern="[\w.\-]+/[\w.\-]+"
            title="OWNER/NAME"
            spellcheck={false}
            autocomplete="off"
            value={name.value}
            onInput={({ currentTarget }) => {
              name.value = currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="button" disabled={loading}>
          Load from huggingface.co
        </button>
        <p class="soft">
          With it come the library that runs it, from {host(transformersLibrary)}, and its runtime: about 25 MB, and the
          model’s own size.
        </p>
      </form>
    </details>
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
