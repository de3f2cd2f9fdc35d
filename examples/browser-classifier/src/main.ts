import './style.css';
import { createFilterEmbedder, loadImageEmbedder } from '@nearkin/embedders';
import { chooseBackend } from '@nearkin/embedders/browser';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threads from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { createAskPanel } from './ask-panel.js';
import { findElement } from './find-element.js';
import { createTeachPanel } from './teach-panel.js';
import { createTeacher } from './teacher.js';

// `?embedder=URL` of a tfjs model.json takes the place of the built-in filters: photos deserve a learned one.
const source = new URLSearchParams(location.search).get('embedder');
try {
  // Vite decides where the files of the wasm backend go, so it has to tell.
  await chooseBackend({
    wasmPaths: {
      'tfjs-backend-wasm.wasm': plain,
      'tfjs-backend-wasm-simd.wasm': simd,
      'tfjs-backend-wasm-threaded-simd.wasm': threads,
    },
  });
  const embedder = source ? await loadImageEmbedder(source) : createFilterEmbedder();
  const teacher = createTeacher(embedder);
  createTeachPanel(teacher, createAskPanel(teacher));
  document.body.dataset['ready'] = 'true';
} catch (error) {
  const status = findElement('status');
  status.classList.add('trouble');
  status.textContent = `It could not start: ${error instanceof Error ? error.message : error}`;
}
