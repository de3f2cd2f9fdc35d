import { defineBuild } from '../../tooling/tsup.js';

export default defineBuild(['src/main.ts'], { dts: false });
