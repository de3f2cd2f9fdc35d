import { useSignal } from '@preact/signals';
import { dropTarget } from '../../components/drop-target.js';
import { filesFromDrop, isLoosePictures, picturesFromDrop } from '../../components/dropped-files.js';
import { UndoButton } from '../../components/notice-bar.js';
import { addPictures, addSampleAlbums, addThemeAlbums, albumNameTrouble, type NewPicture } from '../../state/albums.js';
import { stream } from '../../state/camera.js';
import { albums, lesson, progress, undoable } from '../../state/gallery.js';
import { complain } from '../../state/notices.js';
import { AlbumCard } from './album-card.js';
import { HoldButton } from './hold-button.js';

export function Albums() {
  const over = useSignal(false);
  const list = [...albums.value];
  const addFolder = (files: readonly NewPicture[]) => {
    if (files.length > 0) addPictures(files);
    else
      complain(
        'No album was found there. An album is a folder with pictures in it; drop single pictures on an album, or on a new one with a name.',
      );
  };
  return (
    <section
      class={`albums ${over.value ? 'over' : ''}`}
      aria-labelledby="albums-title"
      {...dropTarget(over, async (transfer) => addFolder(await filesFromDrop(transfer).catch(() => [])))}
    >
      <div class="heading">
        <h1 id="albums-title">{list.length === 0 ? 'Show it a few pictures' : 'Albums'}</h1>
        <Lesson />
      </div>
      {list.length === 0 && (
        <p class="lead">
          Every album becomes a class. There is no training: it is ready when the last picture was looked at, and it
          shows you which picture decided.
        </p>
      )}
      <div class="row">
        <label class="button primary file">
          <input
            id="folder"
            type="file"
            multiple
            {...{ webkitdirectory: true }}
            onChange={({ currentTarget }) => {
              addFolder(fromFolder([...(currentTarget.files ?? [])]));
              currentTarget.value = '';
            }}
          />
          Add a folder of albums
        </label>
        {list.length === 0 && (
          <>
            <button type="button" class="button" onClick={addSampleAlbums}>
              Try twelve drawings
            </button>
            <button type="button" class="button" onClick={addThemeAlbums}>
              Try five themes
            </button>
          </>
        )}
        {(list.length > 0 || undoable.value) && <UndoButton />}
      </div>
      <ul class="cards" aria-label="Albums">
        {list.map(([label, entries]) => (
          <AlbumCard key={label} label={label} entries={entries} />
        ))}
        <NewAlbum />
      </ul>
    </section>
  );
}

function Lesson() {
  const { value } = lesson;
  const size = albums.value.size;
  if (progress.value || size === 0) return null;
  if (size === 1) return <p class="lesson">One more album, and it is ready.</p>;
  if (!value) return null;
  return (
    <p class="lesson" data-lesson>
      Ready in {value.seconds.toFixed(1)} s, {value.pictures} pictures, 0 training steps
    </p>
  );
}

function NewAlbum() {
  const name = useSignal('');
  const trouble = useSignal('');
  const over = useSignal(false);
  const checked = () => {
    trouble.value = albumNameTrouble(name.value);
    return trouble.value === '';
  };
  const add = (files: readonly File[]) => {
    addPictures(files.map((file) => ({ label: name.value.trim(), file })));
    name.value = '';
  };
  const dropped = (transfer: DataTransfer) => {
    const files = picturesFromDrop(transfer);
    if (checked() && files.length > 0) add(files);
  };
  return (
    <li class={`card new ${over.value ? 'over' : ''}`} {...dropTarget(over, dropped, { accepts: isLoosePictures })}>
      <label class="field">
        <span>New album</span>
        <input
          id="album-name"
          value={name.value}
          maxLength={80}
          autocomplete="off"
          placeholder="its name"
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value;
            trouble.value = name.value ? albumNameTrouble(name.value) : '';
          }}
          aria-describedby="album-trouble"
        />
      </label>
      <p id="album-trouble" class="trouble" role="alert">
        {trouble.value}
      </p>
      <div class="row">
        <label class="button file">
          <input
            id="album-pictures"
            type="file"
            multiple
            accept="image/*"
            onClick={(event) => {
              if (!checked()) event.preventDefault();
            }}
            onChange={({ currentTarget }) => {
              if (checked()) add([...(currentTarget.files ?? [])]);
              currentTarget.value = '';
            }}
          />
          Pictures …
        </label>
        {stream.value && (
          <HoldButton
            label={name.value.trim()}
            check={checked}
            onDone={() => {
              name.value = '';
            }}
          />
        )}
      </div>
    </li>
  );
}

/** Of `albums/cat/a.jpg` the album is `cat`; pictures that lie in the chosen folder itself make an album of its name. */
function fromFolder(files: readonly File[]): NewPicture[] {
  const pictures = files.filter(({ type, name }) => type.startsWith('image/') && !name.startsWith('.'));
  const deep = pictures.some(({ webkitRelativePath }) => webkitRelativePath.split('/').length > 2);
  return pictures.flatMap((file) => {
    const parts = file.webkitRelativePath.split('/');
    const label = parts.length > 2 ? parts[1] : deep ? undefined : parts[0];
    return label ? [{ label, file }] : [];
  });
}
