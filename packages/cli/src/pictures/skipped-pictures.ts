import type { NearkinError } from '@nearkin/core';
import { counted } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';

/** A picture that was left out. */
export interface SkippedPicture {
  readonly image: string;
  readonly code: string;
  readonly message: string;
}

/** Pictures that could not be used: collected during a job, told at its end. */
export interface SkippedPictures {
  readonly list: readonly SkippedPicture[];
  add(image: string, error: NearkinError): void;
  /** The count and the first few on stderr. */
  report(terminal: Terminal): void;
}

const shown = 3;

export function collectSkipped(): SkippedPictures {
  const list: SkippedPicture[] = [];
  return {
    list,
    add(image, { code, message }) {
      list.push({ image, code, message });
    },
    report(terminal) {
      if (list.length === 0) return;
      terminal.warn(`Left out ${counted(list.length, 'picture')} that could not be read:`);
      for (const { image, code, message } of list.slice(0, shown)) terminal.warn(`  ${image}: ${code}, ${message}`);
      if (list.length > shown) terminal.warn(`  and ${list.length - shown} more (all of them under --json)`);
    },
  };
}
