import { useSignal } from '@preact/signals';
import { dropTarget } from '../../components/drop-target.js';
import { isLoosePictures, picturesFromDrop } from '../../components/dropped-files.js';
import { Thumb } from '../../components/thumb.js';
import type { Entry } from '../../engines/gallery-store.js';
import { addPictures, albumNameTrouble, removeAlbum, removePicture, renameAlbum } from '../../state/albums.js';
import { stream } from '../../state/camera.js';
import { complain } from '../../state/notices.js';
import { HoldButton } from './hold-button.js';

const shownAtFirst = 6;

export function AlbumCard({ label, entries }: { label: string; entries: readonly Entry[] }) {
  const open = useSignal(false);
  const over = useSignal(false);
  const add = (files: Iterable<File>) => addPictures([...files].map((file) => ({ label, file })));
  const shown = open.value ? entries : entries.slice(0, shownAtFirst);
  const rename = (input: HTMLInputElement) => {
    const next = input.value.trim();
    if (next === label) return;
    const trouble = albumNameTrouble(next, label);
    if (trouble) {
      complain(trouble);
      input.value = label;
    } else renameAlbum(label, next);
  };
  return (
    <li
      class={`card ${over.value ? 'over' : ''}`}
      data-album={label}
      {...dropTarget(over, (transfer) => add(picturesFromDrop(transfer)), { accepts: isLoosePictures })}
    >
      <div class="card-head">
        <input
          class="name"
          aria-label={`Name of the album ${label}`}
          value={label}
          maxLength={80}
          onBlur={({ currentTarget }) => rename(currentTarget)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
            if (event.key === 'Escape') {
              event.currentTarget.value = label;
              event.currentTarget.blur();
            }
          }}
        />
        <span class="count">{entries.length}</span>
      </div>
      <ul class={`strip ${entries.length === 1 ? 'one' : ''}`} aria-label={`Pictures of ${label}`}>
        {shown.map((entry) => (
          <li key={entry.id}>
            <Thumb entry={entry} />
            <button
              type="button"
              class="remove"
              aria-label={`Remove ${entry.name} from ${label}`}
              onClick={() => removePicture(entry)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <div class="card-foot">
        <label class="link file">
          <input
            type="file"
            multiple
            accept="image/*"
            aria-label={`Add pictures to ${label}`}
            onChange={({ currentTarget }) => {
              add(currentTarget.files ?? []);
              currentTarget.value = '';
            }}
          />
          Add
        </label>
        {stream.value && <HoldButton label={label} />}
        {entries.length > shownAtFirst && (
          <button
            type="button"
            class="link"
            aria-expanded={open.value}
            onClick={() => {
              open.value = !open.value;
            }}
          >
            {open.value ? 'Fewer' : `All ${entries.length}`}
          </button>
        )}
        <button type="button" class="link" aria-label={`Remove the album ${label}`} onClick={() => removeAlbum(label)}>
          Remove
        </button>
      </div>
    </li>
  );
}
