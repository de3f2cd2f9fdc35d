import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { dropTarget } from '../../components/drop-target.js';
import { everyPicture, isLoosePictures, picturesFromDrop } from '../../components/dropped-files.js';
import { addressOf, Thumb } from '../../components/thumb.js';
import { engine } from '../../state/engine.js';
import { addToLibrary, libraryWork } from '../../state/library.js';
import { complain } from '../../state/notices.js';
import { everything, looking, pictureById } from '../../state/pictures.js';
import { found, type Query, query, search, trouble } from '../../state/search.js';
import { EmptyLibrary, LibraryBar } from './library-bar.js';

const examples = ['a cat with heart eyes', 'something yellow and sour', 'music', 'a scary animal', 'eine Spinne'];

export function SearchView() {
  const over = useSignal(false);
  const empty = everything.value.length === 0 && !libraryWork.value;
  return (
    <section
      class={`search ${over.value ? 'over' : ''}`}
      aria-labelledby="search-title"
      {...dropTarget(over, (transfer) => void takeDrop(transfer).catch(complain))}
    >
      <h1 id="search-title">{empty ? 'Find a picture by words, or by a picture' : 'Search'}</h1>
      {empty ? (
        <EmptyLibrary />
      ) : (
        <>
          <Asking />
          <Found />
          <LibraryBar />
        </>
      )}
    </section>
  );
}

/** One picture is a question; a folder, or many pictures, go into the library. */
async function takeDrop(transfer: DataTransfer) {
  if (!isLoosePictures(transfer)) return addToLibrary(await everyPicture(transfer));
  const files = picturesFromDrop(transfer);
  const [first] = files;
  if (files.length > 1) return addToLibrary(files.map((file) => ({ name: file.name, file })));
  if (!first) complain('That is not a picture.');
  // Where there is nothing to search yet, it is the first to be found.
  else if (everything.peek().length === 0) await addToLibrary([{ name: first.name, file: first }]);
  else await search({ kind: 'picture', file: first });
}

function Asking() {
  const words = useSignal(textOf(query.peek()));
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const knowsWords = engine.value?.words ?? false;
  const askWords = (text: string) => {
    words.value = text;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void search(text.trim() ? { kind: 'words', text } : undefined), 60);
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
          <p class="soft grow">
            {engine.value
              ? 'This base model knows pictures only. Choose the starter above to search by words too.'
              : 'The base model is still loading …'}
          </p>
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

const textOf = (asked: Query | undefined) => (asked?.kind === 'words' ? asked.text : '');

function Found() {
  const answer = found.value;
  if (trouble.value) return <p class="lesson">{trouble.value}</p>;
  if (!query.value || !answer) return <Browse />;
  const { query: asked } = answer;
  return (
    <>
      <div class="account">
        {asked.kind === 'picture' && <img class="thumb" src={addressOf(asked.file)} alt="What was asked with" />}
        {asked.kind === 'like' && <Thumb entry={pictureById.value.get(asked.id)} alt="What was asked with" />}
        <Visits visited={answer.partitionsVisited} of={answer.partitions} />
        <p data-account={textOf(asked)}>
          {answer.partitions > 1
            ? `${answer.partitionsVisited} of ${answer.partitions} partitions visited, ${answer.scored} of ${answer.count} pictures scored`
            : `All ${answer.count} pictures scored`}
          , {answer.ms < 0.1 ? 'below 0.1' : answer.ms.toFixed(1)} ms{looking.value && '; more are being looked at'}
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

/** The index at a glance: each bar is a partition, those that were searched are filled. */
function Visits({ visited, of }: { visited: number; of: number }) {
  if (of < 2 || of > 160) return null;
  return (
    <span class="visits" aria-hidden="true">
      {Array.from({ length: of }, (_, i) => (
        <i key={i} class={i < visited ? 'on' : ''} />
      ))}
    </span>
  );
}

/** Before anything is asked: what there is. */
function Browse() {
  if (everything.value.length === 0) return null;
  return (
    <ul class="wall" aria-label="Pictures of the gallery">
      {everything.value.slice(0, 60).map(({ id }) => (
        <Tile key={id} id={id} />
      ))}
    </ul>
  );
}

function Tile({ id, score }: { id: string; score?: number }) {
  const entry = pictureById.value.get(id);
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
