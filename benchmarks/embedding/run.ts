import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedGallery } from '@nearkin/core';
import {
  chooseBackend,
  createEmbedderPool,
  createFilterEmbedder,
  type ImageEmbedder,
  loadImageEmbedder,
} from '@nearkin/embedders/node';
import sharp from 'sharp';

/**
 * Pictures embedded in a second by `embedGallery`, from JPEG files on disk: by the embedder itself and by pools of one and
 * two workers. CPU seconds per second say how many cores were busy: two workers on two idle cores come near 2.
 * `node run.ts [pictures] [rounds]`
 */
const [count = 48, rounds = 3] = process.argv.slice(2).map(Number);

const folder = await mkdtemp(join(tmpdir(), 'nearkin-embedding-'));
try {
  const data = process.env['NEARKIN_DATA'] ?? join(import.meta.dirname, '../../../shared/data');
  const photos = join(data, 'grocery');
  const real = existsSync(photos);
  const paths = real ? await listPhotos(photos, count) : await writePhotos(count);
  await chooseBackend({ force: 'wasm' });
  const weights = join(data, 'weights/mobilenet-v2-1.0-224-u8');
  console.log(`${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; commit ${commit()}.`);
  console.log(
    `${paths.length} ${real ? 'photos of groceries' : 'generated photos of 640 x 480'}, wasm, medians of ${rounds} interleaved rounds.\n`,
  );
  console.log('| embedder | way | pictures/s | against one worker | CPU s per s |');
  console.log('| --- | --- | ---: | ---: | ---: |');
  if (existsSync(weights)) await compare('MobileNetV2 1.0 224', await loadImageEmbedder(weights), paths);
  await compare('built-in filters', createFilterEmbedder(), paths);
} finally {
  await rm(folder, { recursive: true });
}

async function compare(name: string, embedder: ImageEmbedder, paths: readonly string[]): Promise<void> {
  const one = await createEmbedderPool(embedder, { workers: 1 });
  const two = await createEmbedderPool(embedder, { workers: 2 });
  const ways = [
    { way: 'this thread', embed: embedder, seconds: [] as number[], busy: [] as number[] },
    { way: 'one worker', embed: one, seconds: [] as number[], busy: [] as number[] },
    { way: 'two workers', embed: two, seconds: [] as number[], busy: [] as number[] },
  ];
  const items = paths.map((path) => ({ id: path, input: path }));
  for (const { embed } of ways) await embed.embed(paths.slice(0, 8));
  for (let round = 0; round < rounds; round++)
    for (const { embed, seconds, busy } of ways) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      // One batch: at the end of each a worker waits for the other.
      await embedGallery(embed, items, { batchSize: items.length });
      const time = (performance.now() - start) / 1000;
      const { user, system } = process.cpuUsage(before);
      seconds.push(time);
      busy.push((user + system) / 1e6 / time);
    }
  const base = median(ways[1]!.seconds);
  for (const { way, seconds, busy } of ways) {
    const time = median(seconds);
    const cells = [
      name,
      way,
      (paths.length / time).toFixed(1),
      `${(base / time).toFixed(2)}x`,
      median(busy).toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  for (const { embed } of ways) embed.dispose();
}

async function listPhotos(folder: string, files: number): Promise<string[]> {
  const manifest: { file: string }[] = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  const photos = manifest.filter(({ file }) => file.endsWith('.jpg'));
  return photos.slice(0, files).map(({ file }) => join(folder, file));
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
