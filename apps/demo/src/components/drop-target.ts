import type { Signal } from '@preact/signals';

/** Handlers of an element that takes what is dropped on it; `over` is true while something is held above it. */
export function dropTarget(over: Signal<boolean>, take: (transfer: DataTransfer) => void) {
  return {
    onDragOver(event: DragEvent) {
      event.preventDefault();
      over.value = true;
    },
    onDragLeave() {
      over.value = false;
    },
    onDrop(event: DragEvent) {
      event.preventDefault();
      over.value = false;
      if (event.dataTransfer) take(event.dataTransfer);
    },
  };
}
