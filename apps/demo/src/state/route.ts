import { signal } from '@preact/signals';

export const views = ['teach', 'search', 'map', 'inspect'] as const;
export type View = (typeof views)[number];

const read = (): View => views.find((view) => location.hash === `#/${view}`) ?? 'teach';

/** The view that the address names. */
export const route = signal<View>(read());

addEventListener('hashchange', () => {
  route.value = read();
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  scrollTo(0, 0);
});
