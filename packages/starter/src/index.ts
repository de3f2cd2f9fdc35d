export { loadStarter } from './load-starter.js';
