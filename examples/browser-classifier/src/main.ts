import './style.css';
import { createFilterEmbedder, loadImageEmbedder } from '@nearkin/embedders';
import { chooseBackend } from '@nearkin/embedders/browser';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threads from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { createAskPanel } from './ask-panel.js';
import { createTeachPanel } from './teach-panel.js';
import { createTeacher } from './teacher.js';

// Vite decides where the files of the wasm backend go, so it has to tell.
await chooseBackend({
  wasmPaths: {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threads,
  },
});
// `?embedder=URL` of a tfjs model.json takes the place of the built-in filters: photos deserve a learned one.
const source = new URLSearchParams(location.search).get('embedder');
const embedder = source ? await loadImageEmbedder(source) : await createFilterEmbedder();
const teacher = createTeacher(embedder);
createTeachPanel(teacher, createAskPanel(teacher));
document.body.dataset['ready'] = 'true';
