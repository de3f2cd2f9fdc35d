import { defineBuild } from '../../tooling/tsup.js';

export default defineBuild(['src/index.ts', 'src/asset-host.node.ts', 'src/asset-host.browser.ts']);
