export { replaceFile } from './bundle-host.node.js';
