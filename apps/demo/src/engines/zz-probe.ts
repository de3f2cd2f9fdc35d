import { x } from '../../../../packages/core/src/crc32c.js'; export const y = x;
