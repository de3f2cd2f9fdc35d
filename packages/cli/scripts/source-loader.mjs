// Lets Node 20 run the TypeScript sources as they are:
//   node --conditions nearkin-source --import ./scripts/source-loader.mjs src/main.ts
import { register } from 'node:module';

register('./source-hooks.mjs', import.meta.url);
