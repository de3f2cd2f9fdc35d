import { defineBuild } from '../../tooling/tsup.js';

export default defineBuild(['src/index.ts', 'src/node.ts', 'src/bundle-host.node.ts', 'src/bundle-host.browser.ts']);
