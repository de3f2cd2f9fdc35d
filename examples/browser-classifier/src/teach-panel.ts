import { type GalleryItem, NearkinError } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { albumsFromFiles } from '@nearkin/embedders/browser';
import { showAlbums } from './albums-view.js';
import { findElement } from './find-element.js';
import { forgetPicture, keepPicture, keepPictures } from './pictures.js';
import type { Teacher } from './teacher.js';

/** The left half of the page: pictures in, classes out. `onChange` runs after every edit of the classifier. */
export function createTeachPanel(teacher: Teacher, onChange: () => void): void {
  const [folder, name, pictures] = ['folder', 'class-name', 'class-pictures'].map(findElement<HTMLInputElement>) as [
    HTMLInputElement,
    HTMLInputElement,
    HTMLInputElement,
  ];
  const [status, albums] = [findElement('status'), findElement('albums')];
  const progress = findElement<HTMLProgressElement>('progress');

  const say = (text: string, trouble = false) => {
    status.textContent = text;
    status.classList.toggle('trouble', trouble);
  };
  const refresh = () => {
    showAlbums(albums, teacher.gallery, forget);
    onChange();
  };
  const forget = (label: string) => {
    const { ids, labels } = teacher.gallery;
    for (const [row, id] of ids.entries()) if (labels[row] === label) forgetPicture(id);
    teacher.forget(label);
    say(`${label} is forgotten.${teacher.classifier ? '' : ' A classifier needs two classes.'}`);
    refresh();
  };
  const teach = async (items: readonly GalleryItem<ImageInput>[]) => {
    const started = performance.now();
    progress.hidden = false;
    progress.max = items.length;
    try {
      const { gallery, skipped } = await teacher.teach(items, ({ done }) => {
        progress.value = done;
      });
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const count = gallery.ids.length === 1 ? '1 picture' : `${gallery.ids.length} pictures`;
      const left = skipped > 0 ? ` ${skipped} could not be read.` : '';
      const state = teacher.classifier ? `Ready in ${seconds} s` : 'One more class, and it is ready';
      say(`${state}: ${count}, 0 training steps.${left}`);
    } catch (error) {
      say(describe(error), true);
    }
    progress.hidden = true;
    refresh();
  };

  folder.onchange = async () => {
    const files = [...(folder.files ?? [])];
    folder.value = '';
    try {
      // #region albums
      const items = await albumsFromFiles(files); // FOLDER/LABEL/PICTURE
      // #endregion albums
      keepPictures(
        items.map(({ id }) => id),
        files,
      );
      await teach(items);
    } catch (error) {
      say(describe(error), true);
    }
  };
  pictures.onchange = async () => {
    const label = name.value.trim();
    const files = [...(pictures.files ?? [])];
    pictures.value = '';
    if (!label) {
      say('Name the class first.', true);
      name.focus();
      return;
    }
    name.value = '';
    const items = files.map((file) => ({ id: `${label}/${file.name}`, label, input: file }));
    for (const { id, input } of items) keepPicture(id, input);
    await teach(items);
  };
  findElement('add-class').onsubmit = (event) => event.preventDefault();
}

function describe(error: unknown): string {
  if (error instanceof NearkinError && error.code === 'DUPLICATE_ID') return 'These pictures are there already.';
  return error instanceof Error ? error.message : String(error);
}
