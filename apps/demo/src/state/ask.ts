import { computed, effect, signal } from '@preact/signals';
import type { Answered } from '../engines/teach.worker.js';
import { grabFrame, stream } from './camera.js';
import { engine, teacher } from './engine.js';
import { albums, busy, taught } from './gallery.js';
import { measure, measureDraw } from './meters.js';
import { complain, speak } from './notices.js';
import { question } from './question.js';
import { unknownBelow } from './unknown.js';

/** The picture that is asked about, when it is not the camera. */
export const picture = signal<File | undefined>(undefined);
export const answered = signal<Answered | undefined>(undefined);
/** Answers a second, of the camera. */
export const rate = signal(0);

export const isReady = computed(() => albums.value.size >= 2 && engine.value !== undefined);

export async function ask(file: File): Promise<void> {
  picture.value = file;
  answered.value = undefined;
  await askAgain();
}

async function askAgain(): Promise<void> {
  const asked = picture.value;
  if (!asked || !engine.value) return;
  try {
    const result = await teacher.call('classify', { picture: asked, k: 3 });
    if (picture.value !== asked) return;
    take(result);
  } catch (error) {
    if (picture.value !== asked) return;
    picture.value = undefined;
    answered.value = undefined;
    complain(error);
  }
}

function take(result: Answered): void {
  answered.value = result;
  question.value = result.vector;
  measure('embed', result.embedMs);
  measure('match', result.matchMs);
  measureDraw();
  const [best] = result.answers;
  if (best) say(best.score < unknownBelow.value ? 'Unknown' : best.label);
}

let said = '';
/** Only a change is spoken, as of a live camera. */
function say(label: string): void {
  if (label === said) return;
  said = label;
  speak(label);
}

/** The classifier changed: the same question may have another answer. */
effect(() => {
  taught.value;
  if (picture.peek() && !stream.peek()) void askAgain();
});

/** The camera asks for as long as it runs, one frame at a time. */
effect(() => {
  const running = stream.value;
  if (!running) {
    if (!picture.peek()) answered.value = undefined;
    return;
  }
  picture.value = undefined;
  rate.value = 0;
  let times: number[] = [];
  const next = async () => {
    while (stream.peek() === running) {
      const frame =
        isReady.peek() && !busy.peek() && !document.hidden ? await grabFrame().catch(() => undefined) : undefined;
      if (!frame) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      try {
        const result = await teacher.call('classify', { picture: frame, k: 3 }, { transfer: [frame] });
        if (stream.peek() !== running) return;
        take(result);
        const now = performance.now();
        // The one before always counts: a slow machine has a rate too.
        times = [...times.filter((time, i) => now - time < 2000 || i === times.length - 1), now];
        rate.value = times.length > 1 ? (1000 * (times.length - 1)) / (now - times[0]!) : 0;
      } catch (error) {
        complain(error);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  };
  void next();
});
