import { computed, signal } from '@preact/signals';
import { cameras } from './camera.js';
import { engine } from './engine.js';
import { lasting } from './saving.js';

/** What the browser or this address does not give, and what that means here. */
export interface Missing {
  readonly what: string;
  readonly means: string;
}

/** Whether the page could be kept for later visits; undefined while that is not known. */
export const offline = signal<boolean | undefined>(undefined);

const computing: Readonly<Record<string, string>> = {
  webgpu: 'WebGPU computes',
  webgl: 'WebGL computes',
  wasm: 'WebAssembly computes instead, some times slower',
  cpu: 'plain JavaScript computes instead, many times slower',
};

/** Nothing of this keeps the page from working. */
export const missing = computed((): readonly Missing[] => {
  const { tried = [], backend = '' } = engine.value ?? {};
  const absent = tried.filter(({ name, available }) => !available && (name === 'webgl' || name === 'wasm'));
  return [
    ...(cameras.value === 0 ? [{ what: 'Camera', means: 'drop pictures or choose files instead.' }] : []),
    ...absent.map(({ name, reason }) => ({
      what: name === 'webgl' ? 'WebGL' : 'WebAssembly',
      means: `${reason ? `${reason}; ` : ''}${computing[backend] ?? ''}.`,
    })),
    ...(lasting.value
      ? []
      : [{ what: 'Storage', means: 'albums and models live as long as this page. Download what you want to keep.' }]),
    ...(offline.value === false
      ? [{ what: 'Offline use', means: 'the browser keeps no pages of this address; a network is needed.' }]
      : []),
  ];
});
