import { defineBuild } from '../../tooling/tsup.js';

export default defineBuild(['src/index.ts', 'src/layers.ts']);
