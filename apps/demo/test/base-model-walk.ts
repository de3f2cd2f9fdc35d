import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithData } from '../../../testing/shared-data.js';
import { best, cards, drop, isReady, slow, visit } from './page-actions.js';
import type { Tour } from './tour.js';

/** Other base models: from files, from another server, by name; albums, labels and library come along. */
export function baseModelWalk(tour: () => Tour): void {
  describeWithData('a MobileNet', ['weights/mobilenet-v1-0.25-224'], ([weights = '']) => {
    let profile: BrowserContext;
    let page: Page;
    let elsewhere: Elsewhere;
    const name = () => page.locator('.base-name').textContent();
    const open = () => page.locator('.base').click();
    const summary = () => page.locator('.library p').textContent();
    const done = () => expect.poll(() => page.locator('.progress').count(), slow).toBe(0);

    beforeAll(async () => {
      elsewhere = await serveElsewhere(weights);
      profile = await tour().site.openProfile();
      page = await tour().site.openPage(profile);
    });
    afterAll(async () => {
      await profile?.close();
      await elsewhere?.close();
    });

    it('begins with the starter, eight albums and a library', async () => {
      await page.setInputFiles('#folder', tour().albums);
      await isReady(page, 8);
      await visit(page, 'Search');
      await page.getByRole('button', { name: 'Take the sample library' }).click();
      await expect.poll(summary, slow).toContain('297 in the library');
      await page.locator('.progress').waitFor();
      await done();
      expect(await name()).toBe('Starter');
    });

    it('takes over when its files are dropped, and every album and picture is looked at again', async () => {
      await open();
      const files = ['model.json', 'weights.bin'].map((file) => join(weights, file));
      await drop(page, files.slice(1), '.choice.drop');
      await page.locator('.chooser [role=alert]', { hasText: 'Choose model.json and its weight files' }).waitFor();
      await drop(page, files, '.choice.drop');
      await expect.poll(name, slow).toBe('Model from files');
      await page.locator('.progress', { hasText: 'with Model from files' }).waitFor();
      await done();
      await visit(page, 'Teach');
      expect(await cards(page)).toBe(8);
      await page.setInputFiles('#query', tour().drawing('lemon'));
      await expect.poll(() => best(page), slow).toBe('lemon');
      await visit(page, 'Search');
      await page.getByText('This base model knows pictures only').waitFor();
      await page.setInputFiles('#search-picture', tour().drawing('spider'));
      await expect.poll(() => page.locator('[data-account]').textContent(), slow).toMatch(/ of 305 pictures scored/);
      await expect.poll(() => page.locator('.wall li').first().textContent(), slow).toContain('spider');
      await visit(page, 'Inspect');
      await expect.poll(() => page.locator('.facts').first().textContent(), slow).toContain('numbers a picture256');
    });

    it('is still there after a reload', async () => {
      await page.reload();
      await page.locator('main[data-ready]').waitFor();
      await expect.poll(name, slow).toBe('Model from files');
      await expect.poll(() => page.locator('.facts').first().textContent(), slow).toContain('pictures305');
    });

    it('gives way to the one before when a switch is cancelled in the middle', async () => {
      await visit(page, 'Search');
      await open();
      await page.getByRole('button', { name: /^Built-in filters/ }).click();
      await page.locator('.progress', { hasText: 'Built-in filters' }).getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(name, slow).toBe('Model from files');
      await done();
      await page.setInputFiles('#search-picture', tour().drawing('fish'));
      await expect.poll(() => page.locator('[data-account]').textContent(), slow).toMatch(/ of 305 pictures scored/);
      await expect.poll(() => page.locator('.wall li').first().textContent(), slow).toContain('fish');
    });

    it('is asked for at another server only when that is chosen, and loading can be cancelled', async () => {
      expect(elsewhere.asked).toEqual([]);
      await open();
      await page.locator('summary', { hasText: 'A model from the web' }).click();
      await page.fill('#model-url', `${elsewhere.url}slow/model.json`);
      await page.getByRole('button', { name: `Load from ${new URL(elsewhere.url).host}` }).click();
      await page.locator('[data-loading]').waitFor();
      await expect.poll(() => elsewhere.asked.length, slow).toBe(1);
      await page.locator('dialog[open]').getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(() => page.locator('[data-loading]').count(), slow).toBe(0);
      expect(await name()).toBe('Model from files');

      // In the middle too: its description came, its weights do not.
      await page.fill('#model-url', `${elsewhere.url}half/model.json`);
      await page.getByRole('button', { name: `Load from ${new URL(elsewhere.url).host}` }).click();
      await expect.poll(() => elsewhere.asked, slow).toContain('/half/weights.bin');
      await page.locator('dialog[open]').getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(() => page.locator('[data-loading]').count(), slow).toBe(0);
      expect(await name()).toBe('Model from files');

      await page.fill('#model-url', `${elsewhere.url}model.json`);
      await page.getByRole('button', { name: `Load from ${new URL(elsewhere.url).host}` }).click();
      await expect.poll(name, slow).not.toBe('Model from files');
      expect(elsewhere.asked).toContain('/model.json');
      await done();
    });

    it('says why when it does not come', async () => {
      const met = tour().site.errors.length;
      await open();
      await page.fill('#model-url', `${elsewhere.url}nothing/model.json`);
      await page.getByRole('button', { name: /^Load from 127/ }).click();
      await expect.poll(() => page.locator('.chooser [role=alert]').textContent(), slow).toContain('model.json');
      tour().site.errors.splice(met);
    });

    it('names whom it asks for a model of transformers.js, asks nobody before, and says what failed', async () => {
      const { site } = tour();
      const [met, asked] = [site.errors.length, site.strangers.length];
      await page.getByText('the library that runs it, from cdn.jsdelivr.net').waitFor();
      await page.fill('#model-name', 'Xenova/clip-vit-base-patch32');
      expect(site.strangers.length).toBe(asked);
      await page.getByRole('button', { name: 'Load from huggingface.co' }).click();
      await expect
        .poll(() => page.locator('.chooser [role=alert]').textContent(), slow)
        .toMatch(/transformers\.js, which could not be fetched from https:\/\/cdn\.jsdelivr\.net/);
      // The gate sees a host and a port, a worker's request an address.
      const hosts = site.strangers.splice(asked).map((address) => address.replace(/^https:\/\//, '').split(/[:/]/)[0]);
      expect(new Set(hosts)).toEqual(new Set(['cdn.jsdelivr.net']));
      site.errors.splice(met);
      await page.getByRole('button', { name: 'Close' }).last().click();
    });
  });
}

interface Elsewhere {
  readonly url: string;
  readonly asked: string[];
  close(): Promise<void>;
}

/** Another origin that lets itself be asked; what begins with `slow/`, and the weights of `half/`, never come. */
async function serveElsewhere(folder: string): Promise<Elsewhere> {
  const asked: string[] = [];
  const server: Server = createServer(async ({ url = '' }, response) => {
    asked.push(url);
    if (url.startsWith('/slow/') || url === '/half/weights.bin') return;
    const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
    try {
      const bytes = await readFile(join(folder, url.replace(/^\/(half\/)?/, '')));
      response.writeHead(200, headers).end(bytes);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
