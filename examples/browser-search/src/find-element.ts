/** The page's element with this id; the page is ours, so it is there. */
export function findElement<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
