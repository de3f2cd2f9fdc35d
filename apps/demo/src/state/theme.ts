import { effect, signal } from '@preact/signals';

type Theme = 'light' | 'dark';
const key = 'nearkin-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

function remembered(): Theme | undefined {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    return undefined;
  }
}

const chosen = signal(remembered());
const systemDark = signal(system.matches);
system.addEventListener('change', ({ matches }) => {
  systemDark.value = matches;
});

export const isDark = () => (chosen.value ?? (systemDark.value ? 'dark' : 'light')) === 'dark';

/** The other theme; the system's own is followed again when it is the one chosen. */
export function toggleTheme(): void {
  const next: Theme = isDark() ? 'light' : 'dark';
  chosen.value = next === (systemDark.value ? 'dark' : 'light') ? undefined : next;
  try {
    if (chosen.value) localStorage.setItem(key, chosen.value);
    else localStorage.removeItem(key);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

effect(() => {
  document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light';
});
