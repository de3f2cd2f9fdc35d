export { createDualEncoder, createEncoder, type DualEncoder, type Encoder } from './create-encoder.js';
export { type LoadEncoderOptions, loadDualEncoder, loadEncoder } from './load-encoder.js';
