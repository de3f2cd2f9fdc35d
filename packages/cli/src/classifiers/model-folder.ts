import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that a model's path names; `pets`, `pets/model.json` and `file:///…/pets` are ways to say it. */
export function modelFolder(path: string): string {
  const plain = path.startsWith('file:///') ? fileURLToPath(path) : path;
  return resolve(plain.endsWith('.json') ? dirname(plain) : plain);
}
