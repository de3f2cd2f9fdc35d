import { signal } from '@preact/signals';

export interface Notice {
  readonly text: string;
  readonly tone: 'plain' | 'trouble';
  readonly action?: { readonly label: string; run(): void } | undefined;
}

/** The one line at the foot of the page; the newest replaces the one before. */
export const notice = signal<Notice | undefined>(undefined);

/** What a screen reader hears; at most once a second, the last one wins. */
export const spoken = signal('');

let hide: ReturnType<typeof setTimeout> | undefined;

export function tell(text: string, options: Partial<Omit<Notice, 'text'>> = {}): void {
  clearTimeout(hide);
  notice.value = { text, tone: 'plain', ...options };
  speak(text);
  if (notice.value.tone === 'plain') hide = setTimeout(dismiss, 8000);
}

export function complain(error: unknown): void {
  tell(error instanceof Error ? error.message : String(error), { tone: 'trouble' });
}

export function dismiss(): void {
  notice.value = undefined;
}

let waiting: ReturnType<typeof setTimeout> | undefined;
let next = '';
let lastSpoken = 0;

export function speak(text: string): void {
  next = text;
  if (waiting !== undefined) return;
  waiting = setTimeout(
    () => {
      waiting = undefined;
      lastSpoken = performance.now();
      spoken.value = next;
    },
    Math.max(0, 1000 - (performance.now() - lastSpoken)),
  );
}
