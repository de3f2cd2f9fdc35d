import { readFile, rename, writeFile } from 'node:fs/promises';
import { NearkinError, readSafetensors, writeSafetensors } from '@nearkin/core';

/** Writes arrays of numbers by name: the file is the old one or the new one, never half of it. */
export async function writeArrays(path: string, arrays: Readonly<Record<string, Float32Array>>): Promise<void> {
  const tensors = new Map(
    Object.entries(arrays).map(([key, values]) => [
      key,
      {
        dtype: 'F32' as const,
        shape: [values.length],
        bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      },
    ]),
  );
  await writeFile(`${path}.part`, writeSafetensors({ tensors }));
  await rename(`${path}.part`, path);
}

/** Reads what {@link writeArrays} wrote. */
export async function readArrays(path: string): Promise<(name: string) => Float32Array> {
  const { tensors } = readSafetensors(new Uint8Array(await readFile(path)));
  return (name) => {
    const tensor = tensors.get(name);
    if (!tensor)
      throw new NearkinError(
        'BAD_FORMAT',
        `Expected ${name} among the arrays of ${path}, found ${[...tensors.keys()].join(', ') || 'none'}; was it written by another version?`,
      );
    return new Float32Array(tensor.bytes.slice().buffer);
  };
}
