import { useRef } from 'preact/hooks';
import { entries } from '../../state/gallery.js';
import { addSampleLibrary, addToLibrary, emptyLibrary, library, libraryLasts } from '../../state/library.js';

/** Before there is anything to search. */
export function EmptyLibrary() {
  return (
    <>
      <p class="lead">
        Take the sample drawings, or a folder of your own pictures. They are looked at on this device, in the
        background; close the page in the middle, and it goes on next time.
      </p>
      <div class="row">
        <button type="button" class="button primary" onClick={addSampleLibrary}>
          Take the sample library
        </button>
        <AddButtons />
      </div>
    </>
  );
}

/** What there is to search, and the ways to make it more or less. */
export function LibraryBar() {
  const dialog = useRef<HTMLDialogElement>(null);
  const kept = library.value.length;
  const inAlbums = entries.value.length;
  return (
    <>
      <div class="row library">
        <p class="soft grow">
          {kept + inAlbums} pictures: {kept} in the library, {inAlbums} in albums.
          {!libraryLasts.value && ' This browser keeps no files: the library goes when the page is closed.'}
        </p>
        {kept === 0 && (
          <button type="button" class="button" onClick={addSampleLibrary}>
            Take the sample library
          </button>
        )}
        <AddButtons />
        {kept > 0 && (
          <button type="button" class="button" onClick={() => dialog.current?.showModal()}>
            Empty the library …
          </button>
        )}
      </div>
      <dialog ref={dialog} aria-labelledby="empty-title">
        <h2 id="empty-title">Empty the library?</h2>
        <p>{kept} pictures go from this device. Albums stay, and so do the files you took them from.</p>
        <form method="dialog" class="row end">
          <button type="submit" class="button">
            Keep it
          </button>
          <button type="submit" class="button danger" onClick={() => void emptyLibrary()}>
            Empty it
          </button>
        </form>
      </dialog>
    </>
  );
}

function AddButtons() {
  const take = (input: HTMLInputElement) => {
    const pictures = [...(input.files ?? [])].filter(
      ({ type, name }) => type.startsWith('image/') && !name.startsWith('.'),
    );
    input.value = '';
    void addToLibrary(pictures.map((file) => ({ name: file.webkitRelativePath || file.name, file })));
  };
  return (
    <>
      <label class="button file">
        <input
          id="library"
          type="file"
          multiple
          {...{ webkitdirectory: true }}
          onChange={({ currentTarget }) => take(currentTarget)}
        />
        Add a folder
      </label>
      <label class="button file">
        <input
          id="library-pictures"
          type="file"
          multiple
          accept="image/*"
          onChange={({ currentTarget }) => take(currentTarget)}
        />
        Add pictures
      </label>
    </>
  );
}
