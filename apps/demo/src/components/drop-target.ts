import type { Signal } from '@preact/signals';

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

/**
 * Handlers of an element that takes files; `over` is true while some are held above it. Targets may lie in one another:
 * the inner one takes what it `accepts`, the rest goes to the one around it.
 */
export function dropTarget(
  over: Signal<boolean>,
  take: (transfer: DataTransfer) => void,
  { accepts = () => true }: { readonly accepts?: (transfer: DataTransfer) => boolean } = {},
) {
  return {
    onDragOver(event: DragEvent) {
      if (!hasFiles(event) || event.defaultPrevented) {
        over.value = false;
        return;
      }
      event.preventDefault();
      over.value = true;
    },
    onDragLeave({ currentTarget, relatedTarget }: DragEvent) {
      // From one child to the next is not away.
      if (!(currentTarget as Element).contains(relatedTarget as Node | null)) over.value = false;
    },
    onDrop(event: DragEvent) {
      over.value = false;
      const { dataTransfer } = event;
      if (!dataTransfer || !hasFiles(event) || event.defaultPrevented || !accepts(dataTransfer)) return;
      event.preventDefault();
      take(dataTransfer);
    },
  };
}

/** A file that is let go beside every target must not open in place of the page. */
export function passOverOtherDrops(): void {
  for (const type of ['dragover', 'drop'] as const)
    addEventListener(type, (event: DragEvent) => {
      if (event.defaultPrevented || !hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
    });
}
