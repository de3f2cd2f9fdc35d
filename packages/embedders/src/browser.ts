export { albumsFromFiles } from './albums-from-files.js';
export type { BackendAttempt, BackendChoice, BackendName } from './backend-choice.js';
export { cameraFrames } from './camera-frames.js';
export { type ChooseBackendOptions, chooseBackend } from './choose-backend.browser.js';
export * from './index.js';
export { readImage } from './read-image.browser.js';
export type { WasmFile, WasmPaths } from './wasm-paths.js';
