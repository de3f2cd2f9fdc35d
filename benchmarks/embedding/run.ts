import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chooseBackend,
  createEmbedderPool,
  createFilterEmbedder,
  type ImageEmbedder,
  loadImageEmbedder,
} from '@nearkin/embedders/node';
import sharp from 'sharp';

/**
 * Pictures embedded in a second, from JPEG files on disk, by the embedder itself and by pools of one and two workers.
 * `node run.ts [pictures] [rounds]`
 */
const [count = 64, rounds = 5] = process.argv.slice(2).map(Number);

const folder = await mkdtemp(join(tmpdir(), 'nearkin-embedding-'));
try {
  const paths = await writePhotos(count);
  await chooseBackend({ force: 'wasm' });
  const data = process.env['NEARKIN_DATA'] ?? join(import.meta.dirname, '../../../shared/data');
  const weights = join(data, 'weights/mobilenet-v2-1.0-224-u8');
  console.log(`${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; commit ${commit()}.`);
  console.log(`${count} JPEG photos of 640 x 480, wasm, medians of ${rounds} interleaved rounds.\n`);
  console.log('| embedder | way | pictures/s | against one worker |');
  console.log('| --- | --- | ---: | ---: |');
  if (existsSync(weights)) await compare('MobileNetV2 1.0 224', await loadImageEmbedder(weights), paths);
  await compare('built-in filters', createFilterEmbedder(), paths);
} finally {
  await rm(folder, { recursive: true });
}

async function compare(name: string, embedder: ImageEmbedder, paths: readonly string[]): Promise<void> {
  const one = await createEmbedderPool(embedder, { workers: 1 });
  const two = await createEmbedderPool(embedder, { workers: 2 });
  const ways = [
    { way: 'this thread', embed: embedder, seconds: [] as number[] },
    { way: 'one worker', embed: one, seconds: [] as number[] },
    { way: 'two workers', embed: two, seconds: [] as number[] },
  ];
  for (const { embed } of ways) await embed.embed(paths.slice(0, 8));
  for (let round = 0; round < rounds; round++)
    for (const { embed, seconds } of ways) {
      const start = performance.now();
      await embed.embed(paths);
      seconds.push((performance.now() - start) / 1000);
    }
  const base = median(ways[1]!.seconds);
  for (const { way, seconds } of ways) {
    const time = median(seconds);
    console.log(`| ${name} | ${way} | ${(paths.length / time).toFixed(1)} | ${(base / time).toFixed(2)}x |`);
  }
  for (const { embed } of ways) embed.dispose();
}

/** Waves with noise, different for each file: they compress like photos. */
async function writePhotos(files: number): Promise<string[]> {
  const [width, height] = [640, 480];
  const paths: string[] = [];
  for (let file = 0; file < files; file++) {
    const data = new Uint8Array(width * height * 3);
    for (let i = 0; i < data.length; i++) {
      const x = Math.floor(i / 3) % width;
      const y = Math.floor(i / 3 / width);
      data[i] =
        128 + 60 * Math.sin(x / (9 + file) + (i % 3)) + 50 * Math.sin(y / 23 + x / 90) + ((i * 7919 * (file + 1)) % 17);
    }
    const path = join(folder, `${file}.jpg`);
    await writeFile(
      path,
      await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 90 })
        .toBuffer(),
    );
    paths.push(path);
  }
  return paths;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], { encoding: 'utf8' }).trim();
}
