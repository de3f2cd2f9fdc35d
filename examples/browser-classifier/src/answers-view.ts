import type { Classification } from '@nearkin/core';
import { element } from './albums-view.js';
import { pictureUrl } from './pictures.js';

/** The best answers as bars, each with the gallery picture that decided it. */
export function showAnswers(list: HTMLElement, answers: readonly Classification[]): void {
  const [best] = answers;
  const rows = answers.map((answer) => {
    const row = element('li');
    row.dataset['label'] = answer.label;
    const image = element('img');
    image.src = pictureUrl(answer.nearestId);
    image.alt = `Nearest picture of ${answer.label}`;
    const label = element('span', 'label');
    label.textContent = answer.label;
    const score = element('span', 'score');
    score.textContent = answer.score.toFixed(2);
    const track = element('span', 'track');
    const fill = element('i');
    fill.style.width = `${Math.max(0, Math.min(1, answer.score)) * 100}%`;
    track.append(fill);
    const because = element('span', 'because');
    because.textContent = `because of ${answer.nearestId}`;
    row.append(image, label, score, track, because);
    return row;
  });
  if (best?.unknown) rows.unshift(unknownRow());
  list.replaceChildren(...rows);
}

/** What a screen reader is told: at most once a second, and only what changed. */
export function createSpeaker(target: HTMLElement): (answers: readonly Classification[]) => void {
  let last = '';
  let silentUntil = 0;
  return ([best]) => {
    const text = !best ? '' : best.unknown ? 'Unknown' : `${best.label}, score ${best.score.toFixed(2)}`;
    const key = best?.unknown ? '' : (best?.label ?? '');
    if (key === last || performance.now() < silentUntil) return;
    last = key;
    silentUntil = performance.now() + 1000;
    target.textContent = text;
  };
}

function unknownRow(): HTMLLIElement {
  const row = element('li', 'unknown');
  row.dataset['label'] = '';
  const mark = element('span', 'mark');
  mark.textContent = '?';
  const label = element('span', 'label');
  label.textContent = 'Unknown';
  const because = element('span', 'because');
  because.textContent = 'not enough like any picture here';
  row.append(mark, label, because);
  return row;
}
