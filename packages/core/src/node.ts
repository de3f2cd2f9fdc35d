export { replaceFile } from './bundle-host.node.js';
export { fromErrno } from './from-errno.node.js';
