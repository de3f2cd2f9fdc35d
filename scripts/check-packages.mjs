// Packs every public package and checks the tarballs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkTarballs } from './check-tarballs.mjs';
import { packAll } from './pack-packages.mjs';

const folder = mkdtempSync(join(tmpdir(), 'nearkin-pack-'));
process.exitCode = checkTarballs(packAll(folder)) ? 0 : 1;
rmSync(folder, { recursive: true, force: true });
