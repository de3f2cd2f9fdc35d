import { spawnSync } from 'node:child_process';
import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cannotMount, mountTinyDisk } from '../../../testing/tiny-disk.js';
import { drawAlbums, drawShape, labels } from './draw-albums.js';
import { run } from './run-in-process.js';
import { programCommand, runProgram } from './run-program.js';

let root: string;
let albums: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nearkin program ü '));
  albums = await drawAlbums(join(root, 'albums'), { labels: labels.slice(0, 4), sizes: [30, 36] });
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('the program', () => {
  it('prints JSON and nothing else, quietly, and takes relative paths', async () => {
    const { code, stdout, stderr } = await runProgram(['build', 'albums', '-o', 'model', '--json'], { cwd: root });
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringContaining('Photos deserve MobileNetV3, CLIP or the like'),
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ model: 'model', classes: 4, pictures: 8 });
    expect(code).toBe(0);
    const report = await runProgram(['eval', 'model', 'albums', '--report', 'report.html', '--json'], { cwd: root });
    expect(report.stderr).toBe('');
    expect(JSON.parse(report.stdout).top1).toMatchObject({ correct: 8, total: 8 });
  });

  it('gives the same model with two threads as with one', async () => {
    const [one, two] = [join(root, 'one thread'), join(root, 'two threads')];
    expect((await run(['build', albums, '-o', one])).code).toBe(0);
    const { code, stderr } = await runProgram(['build', albums, '-o', two, '--workers', '2']);
    expect(code, stderr).toBe(0);
    expect((await readdir(two)).sort()).toEqual((await readdir(one)).sort());
  });

  it('shows stack traces under --debug alone', async () => {
    const args = ['classify', join(root, 'nowhere'), 'x.png'];
    const quiet = await runProgram(args);
    expect(quiet).toMatchObject({ code: 1, stdout: '' });
    expect(quiet.stderr).toMatch(/^✖ NOT_FOUND /);
    expect(quiet.stderr).not.toMatch(/\n\s+at /);
    const loud = await runProgram([...args, '--debug']);
    expect(loud.code).toBe(1);
    expect(loud.stderr).toMatch(/NearkinError: .*\n\s+at /);
  });

  it('exits with 2 for a command line that makes no sense', async () => {
    expect(await runProgram([])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: nearkin'),
    });
  });

  it('stops at Ctrl-C in the middle of a build and leaves nothing', async () => {
    const many = join(root, 'many');
    const picture = join(root, 'picture.png');
    await writeFile(picture, await drawShape('red circle', 30));
    for (const label of ['one', 'two']) {
      await mkdir(join(many, label), { recursive: true });
      await Promise.all(Array.from({ length: 3000 }, (_, i) => link(picture, join(many, label, `${i}.png`))));
    }
    const { code, stdout, stderr } = await runProgram(
      ['build', many, '-o', join(root, 'stopped'), '--debug', '--json'],
      {
        onStart(child) {
          const stop = (text: string) => {
            if (!text.includes('Looking at pictures')) return;
            child.stderr!.off('data', stop);
            child.kill('SIGINT');
          };
          child.stderr!.on('data', stop);
        },
      },
    );
    expect(code, stderr).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('ABORTED');
    expect(await readdir(root)).not.toContain('stopped');
  });
});

describe('saving', () => {
  const picture = () => join(albums, labels[3]!, '30.png');

  it('that is stopped by a limit on file sizes leaves the old model whole', async () => {
    const model = join(root, 'limited');
    await run(['build', albums, '-o', model]);
    const before = await contents(model);
    const { stdout, status } = runLimited(['remove', model, labels[0]!, '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('IO_ERROR');
    expect(await contents(model)).toEqual(before);
    expect((await run(['classify', model, picture()])).stdout).toContain(labels[3]);
  });

  it('to a full disk leaves the old model whole', async ({ skip }) => {
    await using disk = mountTinyDisk('8m');
    if (!disk) return skip(cannotMount);
    const model = join(disk.path, 'model');
    await run(['build', albums, '-o', model]);
    const before = await contents(model);
    await disk.fill();
    const { code, stdout } = await run(['remove', model, labels[0]!, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('DISK_FULL');
    await disk.empty();
    expect(await contents(model)).toEqual(before);
    expect((await run(['classify', model, picture()])).stdout).toContain(labels[3]);
  });
});

async function contents(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}

/** Runs the program where no file may grow over half a kilobyte (a kilobyte in some shells). */
function runLimited(args: readonly string[]) {
  const [command, ...rest] = programCommand(args);
  return spawnSync('sh', ['-c', 'ulimit -f 1; exec "$@"', 'sh', command!, ...rest], { encoding: 'utf8' });
}
