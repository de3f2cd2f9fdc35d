import { cancelSwitch, switching } from '../state/base-switch.js';
import { baseModelName } from '../state/engine.js';
import { progress } from '../state/gallery.js';
import { libraryWork, paused, pauseLibrary, resumeLibrary } from '../state/library.js';

/** What is being looked at, how far it is, and the way to stop it. */
export function ProgressBar() {
  const change = switching.value;
  const work = progress.value ?? libraryWork.value;
  if (!work)
    return paused.value ? (
      <div class="progress">
        <span class="grow">Indexing was stopped. What is there can be searched.</span>
        <button type="button" class="link" onClick={resumeLibrary}>
          Go on
        </button>
      </div>
    ) : null;
  const { what, done, total } = work;
  return (
    <div class="progress" data-done={done} data-total={total}>
      <span>{change?.isOpen ? `${what} with ${baseModelName(change.to)}` : what}</span>
      <progress max={total} value={done} aria-label={what} />
      <span>
        {done} of {total}
      </span>
      {change?.isOpen ? (
        <button type="button" class="link" onClick={cancelSwitch}>
          Cancel
        </button>
      ) : (
        libraryWork.value && (
          <button type="button" class="link" onClick={pauseLibrary}>
            Stop
          </button>
        )
      )}
    </div>
  );
}
