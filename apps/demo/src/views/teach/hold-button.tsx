import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { addPictures } from '../../state/albums.js';
import { takePicture } from '../../state/camera.js';

/** Takes a picture when pressed, and four a second for as long as it is held, by pointer or key. */
export function HoldButton(props: { label: string; check?: () => boolean; onDone?: () => void }) {
  const { label, check, onDone } = props;
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);
  const taken = useRef<File[]>([]);
  const count = useSignal(0);

  const take = async () => {
    const file = await takePicture(`camera ${new Date().toISOString().replace(/[:.]/g, '-')}.png`);
    if (file) taken.current.push(file);
    count.value = taken.current.length;
  };
  const start = () => {
    if (timer.current !== undefined || (check && !check())) return;
    taken.current = [];
    count.value = 0;
    void take();
    timer.current = setInterval(take, 250);
  };
  const stop = async () => {
    if (timer.current === undefined) return;
    clearInterval(timer.current);
    timer.current = undefined;
    // The last picture may be in the making.
    await new Promise((resolve) => setTimeout(resolve, 150));
    addPictures(taken.current.map((file) => ({ label, file })));
    onDone?.();
  };
  const isPress = (key: string) => key === ' ' || key === 'Enter';
  return (
    <button
      type="button"
      class="button hold"
      data-taken={count.value}
      aria-label={label ? `Hold to take pictures for ${label}` : 'Hold to take pictures'}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start();
      }}
      onPointerUp={stop}
      onPointerCancel={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (isPress(event.key)) {
          event.preventDefault();
          start();
        }
      }}
      onKeyUp={(event) => {
        if (isPress(event.key)) void stop();
      }}
      onBlur={stop}
    >
      {count.value > 0 && timer.current !== undefined ? `Hold · ${count.value}` : 'Hold'}
    </button>
  );
}
