import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { picturesFromDrop } from '../../components/dropped-files.js';
import { addressOf, Thumb } from '../../components/thumb.js';
import { addPictures } from '../../state/albums.js';
import { engine } from '../../state/engine.js';
import { byId, entries } from '../../state/gallery.js';
import { addSampleLibrary, emptyLibrary, found, query, search, trouble } from '../../state/search.js';

const examples = ['a cat with heart eyes', 'something yellow and sour', 'music', 'a scary animal', 'eine Spinne'];

export function SearchView() {
  const over = useSignal(false);
  const empty = entries.value.length === 0;
  return (
    <section
      class={`search ${over.value ? 'over' : ''}`}
      aria-labelledby="search-title"
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => {
        over.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        const [file] = event.dataTransfer ? picturesFromDrop(event.dataTransfer) : [];
        if (file) void search({ kind: 'picture', file });
      }}
    >
      <h1 id="search-title">{empty ? 'Find a picture by a picture, or by words' : 'Search'}</h1>
      {empty ? <Empty /> : <Asking />}
      <Found />
      {!empty && <Library />}
    </section>
  );
}

function Empty() {
  return (
    <>
      <p class="lead">
        Take the 297 sample drawings, or a folder of your own pictures. They are indexed on this device, in the
        background; close the page in the middle and it goes on next time.
      </p>
      <div class="row">
        <button type="button" class="button primary" onClick={addSampleLibrary}>
          Take the sample library
        </button>
        <FolderButton />
      </div>
    </>
  );
}

function FolderButton() {
  return (
    <label class="button file">
      <input
        id="library"
        type="file"
        multiple
        {...{ webkitdirectory: true }}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])].filter(({ type }) => type.startsWith('image/'));
          addPictures(
            files.map((file) => ({ label: '', file })),
            `add ${files.length} pictures to the library`,
          );
          currentTarget.value = '';
        }}
      />
      Add a folder
    </label>
  );
}

function Asking() {
  const words = useSignal('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const knowsWords = engine.value?.words ?? false;
  const askWords = (text: string) => {
    words.value = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void search(text.trim() ? { kind: 'words', text } : undefined), 150);
  };
  return (
    <>
      <search class="row asking">
        {knowsWords ? (
          <label class="field grow">
            <span>What is on it?</span>
            <input
              id="words"
              type="search"
              autocomplete="off"
              placeholder={examples[0]}
              value={words.value}
              onInput={({ currentTarget }) => askWords(currentTarget.value)}
            />
          </label>
        ) : (
          <p class="soft grow">This base model knows pictures only. Choose the starter above to search by words too.</p>
        )}
        <label class="button file">
          <input
            id="search-picture"
            type="file"
            accept="image/*"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              if (file) void search({ kind: 'picture', file });
              currentTarget.value = '';
            }}
          />
          Ask with a picture
        </label>
      </search>
      {knowsWords && !query.value && (
        <ul class="examples" aria-label="Example queries">
          {examples.map((text) => (
            <li key={text}>
              <button type="button" class="chip" onClick={() => askWords(text)}>
                {text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Found() {
  const asked = query.value;
  const answer = found.value;
  if (trouble.value)
    return (
      <p class="soft" role="status">
        {trouble.value}
      </p>
    );
  if (!asked || !answer) return <Browse />;
  return (
    <>
      <div class="account">
        {asked.kind === 'picture' && <img class="thumb" src={addressOf(asked.file)} alt="What was asked with" />}
        {asked.kind === 'like' && <Thumb entry={byId.value.get(asked.id)} alt="What was asked with" />}
        <p data-account>
          {answer.partitions > 1
            ? `${answer.partitionsVisited} of ${answer.partitions} partitions visited, ${answer.scored} of ${answer.count} pictures scored`
            : `All ${answer.count} pictures scored`}
          , {answer.ms.toFixed(1)} ms
        </p>
        <button type="button" class="link" onClick={() => void search(undefined)}>
          Start over
        </button>
      </div>
      <ol class="wall" aria-label="Pictures found, best first">
        {answer.hits.map(({ id, score }) => (
          <Tile key={id} id={id} score={score} />
        ))}
      </ol>
    </>
  );
}

/** Before anything is asked: what there is. */
function Browse() {
  if (entries.value.length === 0) return null;
  return (
    <ul class="wall" aria-label="Pictures of the gallery">
      {entries.value.slice(0, 60).map(({ id }) => (
        <Tile key={id} id={id} />
      ))}
    </ul>
  );
}

function Tile({ id, score }: { id: string; score?: number }) {
  const entry = byId.value.get(id);
  const name = (entry?.label || entry?.name.replace(/\.[^.]*$/, '')) ?? id;
  return (
    <li data-id={id}>
      <button type="button" onClick={() => void search({ kind: 'like', id })}>
        <Thumb entry={entry} />
        <span class="tile-name">
          <span class="visually-hidden">More like </span>
          {name}
        </span>
        {score !== undefined && <span class="score">{score.toFixed(2)}</span>}
      </button>
    </li>
  );
}

function Library() {
  const library = entries.value.filter(({ label }) => label === '').length;
  return (
    <div class="row library">
      <p class="soft grow">
        {entries.value.length} pictures: {library} in the library, {entries.value.length - library} in albums.
      </p>
      {library === 0 && (
        <button type="button" class="button" onClick={addSampleLibrary}>
          Take the sample library
        </button>
      )}
      <FolderButton />
      {library > 0 && (
        <button type="button" class="button" onClick={emptyLibrary}>
          Empty the library
        </button>
      )}
    </div>
  );
}
