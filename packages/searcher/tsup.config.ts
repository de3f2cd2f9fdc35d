import { defineBuild } from '../../tooling/tsup.js';

export default defineBuild(['src/index.ts', 'src/file/file-host.node.ts', 'src/file/file-host.browser.ts']);
