import { undo, undoable } from '../state/gallery.js';
import { dismiss, notice } from '../state/notices.js';

/** The newest message, and the way back from the newest edit. */
export function NoticeBar() {
  const shown = notice.value;
  if (!shown) return null;
  return (
    <div class={`notice ${shown.tone}`}>
      <p>{shown.text}</p>
      {shown.action && (
        <button type="button" class="link" onClick={shown.action.run}>
          {shown.action.label}
        </button>
      )}
      <button type="button" class="link" onClick={dismiss}>
        Close
      </button>
    </div>
  );
}

export function UndoButton() {
  const what = undoable.value;
  return (
    <button type="button" class="button" disabled={!what} onClick={undo} title={what ? `Undo: ${what}` : undefined}>
      Undo
    </button>
  );
}
