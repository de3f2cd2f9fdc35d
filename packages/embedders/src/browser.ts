export { albumsFromFiles } from './albums/albums-from-files.js';
export type { BackendAttempt, BackendChoice, BackendName } from './backends/backend-choice.js';
export { type ChooseBackendOptions, chooseBackend } from './backends/choose-backend.browser.js';
export type { WasmFile, WasmPaths } from './backends/wasm-paths.js';
export * from './index.js';
export { cameraFrames } from './pictures/camera-frames.js';
export { readImage } from './pictures/read-image.browser.js';
