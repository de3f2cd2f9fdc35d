export { createDualEncoder, createEncoder, type DualEncoder, type Encoder } from './encoders/create-encoder.js';
export { type LoadEncoderOptions, loadDualEncoder, loadEncoder } from './encoders/load-encoder.js';
