import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeWriteLock } from './write-lock.node.js';

describe('write lock', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin-lock-'));
    path = join(folder, 'x');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = (holder: unknown) =>
    writeFile(`${path}.lock`, typeof holder === 'string' ? holder : JSON.stringify(holder));
  const dead = async () => {
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await new Promise((done) => child.on('exit', done));
    return child.pid!;
  };

  it('is given to one of many', async () => {
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => takeWriteLock(path)));
    const held = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(held).toHaveLength(1);
    for (const result of all) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'LOCKED' });
    await held[0]!.assertHeld();
    await held[0]!.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over from a process that ended, by one of many', async () => {
    await put({ pid: await dead(), host: hostname(), start: 'then', token: 'a' });
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => takeWriteLock(path)));
    const held = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    // A holder that lost its lock in the scramble is told so before it writes.
    const sure = await Promise.allSettled(held.map((lock) => lock.assertHeld()));
    expect(sure.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.runIf(process.platform === 'linux')('is taken over from an earlier process of the same number', async () => {
    await put({ pid: process.pid, host: hostname(), start: 'another boot 1', token: 'a' });
    await (await takeWriteLock(path)).release();
  });

  it('is left to another machine, and to whoever wrote something unreadable', async () => {
    await put({ pid: await dead(), host: 'elsewhere', start: '', token: 'a' });
    await expect(takeWriteLock(path)).rejects.toMatchObject({ code: 'LOCKED', details: { host: 'elsewhere' } });
    for (const text of ['', '{"pid":', '[]', 'null', '{"pid":-1}']) {
      await put(text);
      await expect(takeWriteLock(path)).rejects.toMatchObject({ code: 'LOCKED' });
    }
  });
});
