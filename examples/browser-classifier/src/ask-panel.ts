import type { ImageInput } from '@nearkin/embedders';
import { createSpeaker, showAnswers } from './answers-view.js';
import { startCamera } from './camera.js';
import { findElement } from './find-element.js';
import type { Teacher } from './teacher.js';

/** The right half of the page: a picture or the camera in, answers out. Returns what asks again after an edit. */
export function createAskPanel(teacher: Teacher): () => void {
  const [drop, hint, preview, answers] = ['drop', 'drop-hint', 'preview', 'answers'].map(findElement<HTMLElement>) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const query = findElement<HTMLInputElement>('query');
  const threshold = findElement<HTMLInputElement>('threshold');
  const shownThreshold = findElement<HTMLOutputElement>('threshold-value');
  const toggle = findElement<HTMLButtonElement>('camera-toggle');
  const video = findElement<HTMLVideoElement>('camera');
  const speak = createSpeaker(findElement('spoken'));
  let asked: Blob | undefined;
  let stopCamera: (() => void) | undefined;

  const ask = async (input: ImageInput) => {
    // #region ask
    const best = await teacher.classifier?.classify(input, { k: 3 });
    // #endregion ask
    if (!best) {
      hint.hidden = false;
      hint.textContent = 'Teach it two classes first';
      return;
    }
    const below = Number(threshold.value);
    const shown = best.map((answer) => ({ ...answer, unknown: answer.score < below }));
    showAnswers(answers, shown);
    speak(shown);
  };
  const askPicture = async (picture: Blob | undefined) => {
    if (!picture) return;
    leaveCamera();
    asked = picture;
    preview.style.backgroundImage = `url("${URL.createObjectURL(picture)}")`;
    hint.hidden = true;
    try {
      await ask(picture);
    } catch (error) {
      answers.replaceChildren();
      preview.style.backgroundImage = '';
      hint.hidden = false;
      hint.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  const leaveCamera = () => {
    stopCamera?.();
    stopCamera = undefined;
    video.hidden = true;
    toggle.setAttribute('aria-pressed', 'false');
    toggle.textContent = 'Use the camera';
  };
  const useCamera = async () => {
    try {
      asked = undefined;
      preview.style.backgroundImage = '';
      hint.hidden = true;
      video.hidden = false;
      toggle.setAttribute('aria-pressed', 'true');
      toggle.textContent = 'Stop the camera';
      stopCamera = await startCamera(video, ask);
    } catch (error) {
      leaveCamera();
      hint.hidden = false;
      hint.textContent = `No camera: ${error instanceof Error ? error.message : error}`;
    }
  };
  const showThreshold = () => {
    shownThreshold.value = Number(threshold.value).toFixed(2);
  };

  toggle.onclick = () => (stopCamera ? leaveCamera() : useCamera());
  query.onchange = () => {
    const [picture] = query.files ?? [];
    query.value = '';
    return askPicture(picture);
  };
  threshold.value = '0.3';
  showThreshold();
  threshold.oninput = () => {
    showThreshold();
    if (asked) void ask(asked);
  };
  drop.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add('over');
  };
  drop.ondragleave = () => drop.classList.remove('over');
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    return askPicture([...(event.dataTransfer?.files ?? [])][0]);
  };
  return () => {
    if (!teacher.classifier) answers.replaceChildren();
    else if (asked) void ask(asked);
  };
}
