import { throwIfAborted } from '@nearkin/core';
import { openModel } from '../classifiers/open-model.js';
import { counted } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';

/** `nearkin remove`: a class less. */
export async function removeClass(
  job: { readonly model: string; readonly label: string; readonly embedder?: string },
  terminal: Terminal,
): Promise<void> {
  const { model, label } = job;
  const { signal, colors } = terminal;
  using classifier = await openModel(job, terminal);
  const before = classifier.gallery.ids.length;
  classifier.removeClass(label);
  throwIfAborted(signal);
  await classifier.save(model);
  const pictures = classifier.gallery.ids.length;
  const classes = classifier.labels.length;
  terminal.result({ model, label, removed: before - pictures, classes, pictures }, [
    `${colors.green('✔')} ${colors.bold(printable(label))} and its ${counted(before - pictures, 'picture')} removed; ${printable(model)} knows ${counted(classes, 'class')}`,
  ]);
}
