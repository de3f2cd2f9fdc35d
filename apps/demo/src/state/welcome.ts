import { signal } from '@preact/signals';

const key = 'nearkin-welcomed';

function remembered(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

/** What this page is for, as long as nobody said to have read it. */
export const welcoming = signal(!remembered());

export function endWelcome(): void {
  welcoming.value = false;
  try {
    localStorage.setItem(key, 'yes');
  } catch {
    // Without storage it is said again at the next visit.
  }
}
