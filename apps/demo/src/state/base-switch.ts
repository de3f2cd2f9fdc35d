import { effect, signal } from '@preact/signals';
import type { BaseModel } from '../engines/base-model.js';
import { baseModel, baseModelName, engine } from './engine.js';
import { switchBaseModel } from './gallery.js';
import { tell } from './notices.js';
import { looking } from './pictures.js';

/** A change of base model, from the choice until every picture was looked at again. */
interface Switch {
  readonly to: BaseModel;
  readonly from: BaseModel;
  /** It is open; before that it is being loaded. */
  readonly isOpen: boolean;
}

export const switching = signal<Switch | undefined>(undefined);

let loading: AbortController | undefined;

/** Opens another base model. Albums and labels stay; the pictures are looked at again afterwards. */
export async function changeBaseModel(to: BaseModel): Promise<void> {
  loading?.abort();
  const mine = new AbortController();
  loading = mine;
  const from = baseModel.peek();
  switching.value = { to, from, isOpen: false };
  try {
    const opened = await new Promise<{ readonly dim: number }>((resolve, reject) => {
      switchBaseModel(to, { signal: mine.signal, onOpen: resolve }).catch(reject);
    });
    if (loading === mine) switching.value = { to, from, isOpen: true };
    tell(`${baseModelName(to)} is the base model now: ${opened.dim} numbers a picture.`);
    finish();
  } catch (error) {
    if (loading === mine) switching.value = undefined;
    if (!mine.signal.aborted) throw error;
  }
}

/** Goes back to the base model of before: its vectors are still there. */
export function cancelSwitch(): void {
  const given = switching.peek();
  if (!given) return;
  loading?.abort();
  loading = undefined;
  switching.value = undefined;
  if (given.isOpen) void switchBaseModel(given.from);
  tell(`${baseModelName(given.from)} stays the base model.`);
}

function finish(): void {
  if (switching.peek()?.isOpen && !looking.peek()) switching.value = undefined;
}

effect(() => {
  looking.value;
  engine.value;
  // The library begins after the albums: a moment without work between them is not the end.
  setTimeout(finish, 300);
});
