import './style.css';
import { createFilterEmbedder, loadImageEmbedder } from '@nearkin/embedders';
import { chooseBackend } from '@nearkin/embedders/browser';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threads from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { createAskPanel } from './ask-panel.js';
import { findElement } from './find-element.js';
import { createTeachPanel } from './teach-panel.js';
import { createTeacher } from './teacher.js';

// `?embedder=URL` of a tfjs model.json takes the place of the built-in filters: photos deserve a learned one.
const source = new URLSearchParams(location.search).get('embedder');
try {
  // Vite decides where the files of the wasm backend go, so it has to tell. Without a graphics card wasm does the work;
  // with threads where the server sends the headers that isolate the page.
  const { name } = await chooseBackend({
    wasmPaths: {
      'tfjs-backend-wasm-simd.wasm': simd,
      'tfjs-backend-wasm-threaded-simd.wasm': threads,
    },
  });
  document.body.dataset['backend'] = name;
  const embedder = source ? await loadImageEmbedder(source) : createFilterEmbedder();
  const teacher = createTeacher(embedder);
  createTeachPanel(teacher, createAskPanel(teacher));
  document.body.dataset['ready'] = 'true';
} catch (error) {
  const status = findElement('status');
  status.classList.add('trouble');
  status.textContent = `It could not start: ${error instanceof Error ? error.message : error}`;
}
