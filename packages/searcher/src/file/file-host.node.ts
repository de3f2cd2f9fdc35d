import { openBatchFolder } from '../bundle/batch-folder.node.js';
import type { FileHost } from './file-host.js';
import { openIndexWriter, replaceIndexFile } from './index-writer.node.js';
import { openFile, openWithLog } from './open-with-log.node.js';

/** Files of the machine. */
export const fileHost: FileHost = {
  openFile,
  openWithLog,
  replaceFile: replaceIndexFile,
  openIndexWriter,
  openBatchFolder,
};
