import { signal } from '@preact/signals';
import type { Entry, GalleryStore } from '../engines/gallery-store.js';
import { tell } from './notices.js';

/** Whether everything that is shown is also kept, or could be. */
export const lasting = signal(true);

/** Entries whose latest state is not kept yet: of a write to come, or of one that failed. */
const waiting = new Set<string>();
let queue: Promise<void> = Promise.resolve();

/** Writes in the order of the calls. What fails is told, and the page goes on in memory. */
export function write(work: () => Promise<void>): void {
  queue = queue.then(work).catch(trouble);
}

/** Everything that was asked to be written is, or was told. */
export const written = () => queue;

/**
 * Keeps entries as they are when their turn comes. Those that did not fit are tried again with every later edit: nothing
 * is lost for as long as the page is open, and all is kept as soon as there is room.
 */
export function saveEntries(
  changed: readonly string[],
  gallery: { readonly store: GalleryStore; readonly entries: () => ReadonlyMap<string, Entry> },
): void {
  for (const id of changed) waiting.add(id);
  write(async () => {
    if (waiting.size === 0) return;
    const now = gallery.entries();
    const ids = [...waiting];
    const put = ids.flatMap((id) => now.get(id) ?? []);
    const remove = ids.filter((id) => !now.has(id));
    // What was edited meanwhile has a turn of its own.
    const settled = (kept: readonly string[]) => {
      for (const id of kept) if (gallery.entries().get(id) === now.get(id)) waiting.delete(id);
    };
    // By itself and first: what goes makes room.
    if (remove.length > 0) await gallery.store.writeEntries({ put: [], remove });
    settled(remove);
    if (put.length > 0) await gallery.store.writeEntries({ put, remove: [] });
    settled(put.map(({ id }) => id));
    if (lasting.peek() || !gallery.store.lasting) return;
    lasting.value = true;
    tell('There is room again: everything is kept on this device.');
  });
}

function trouble(error: Error & { code?: string }): void {
  lasting.value = false;
  const reason = error.code === 'DISK_FULL' ? 'Storage is full' : 'Storage failed';
  tell(
    `${reason}: ${waiting.size === 1 ? 'one picture is' : `${waiting.size} pictures are`} not kept, and gone when this page closes. Remove pictures or saved models to make room, or export your albums.`,
    { tone: 'trouble' },
  );
}
