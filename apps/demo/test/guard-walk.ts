import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answers, cards, downloaded, isReady, slow, visit } from './page-actions.js';
import type { Tour } from './tour.js';

const markup = '<img src=nothing onerror="window.pwned=1">';

/** Names, labels and models of others are text, and the page speaks to nobody. */
export function guardWalk(tour: () => Tour): void {
  it('shows markup in names and labels as text', async () => {
    const { site, query, drawing, root } = tour();
    const profile = await site.openProfile();
    const page = await site.openPage(profile);
    const asked: string[] = [];
    profile.on('request', (request) => asked.push(request.url()));
    for (const [label, of] of [
      [markup, 'old key'],
      ['</script><script>window.pwned=2</script>', 'spider'],
      ['javascript:window.pwned=3', 'fish'],
    ] as const) {
      await page.fill('#album-name', label);
      const buffer = await readFile(drawing(of));
      await page.setInputFiles('#album-pictures', { name: `${of} ${markup}.png`, mimeType: 'image/png', buffer });
      await page
        .locator('.card[data-album]', { has: page.locator(`img`) })
        .first()
        .waitFor();
    }
    await isReady(page, 3);
    await answers(page, query('old key'), markup);
    await page.fill('.save input[name="name"]', markup);
    await page.fill('.save input[name="description"]', markup);
    await page.getByRole('button', { name: 'Save on this device' }).click();
    const row = page.locator('.model-list li');
    await row.waitFor();
    expect(await row.locator('strong').textContent()).toBe(markup);
    await page.locator('summary', { hasText: 'Export' }).click();
    const { name, bytes } = await downloaded(page, 'nearkin model');
    expect(name).toMatch(/^[\w .-]+\.zip$/);
    const file = join(root, `markup.zip`);
    await writeFile(file, bytes);
    await page.setInputFiles('#import', file);
    await page.getByText('markup is open: 3 albums').first().waitFor();
    expect(await cards(page)).toBe(3);
    for (const view of ['Search', 'Map', 'Inspect', 'Teach']) await visit(page, view);
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(asked.filter((address) => address.includes('nothing'))).toEqual([]);
    await profile.close();
  });

  it('runs no script but its own, by the policy of the page', async () => {
    const { site } = tour();
    const profile = await site.openProfile();
    const page = await site.openPage(profile);
    const met = site.errors.length;
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.pwned = 4';
      document.body.append(script);
      const other = document.createElement('script');
      other.src = 'https://elsewhere.test/script.js';
      document.body.append(other);
    });
    await expect.poll(() => site.errors.length, slow).toBeGreaterThan(met + 1);
    for (const error of site.errors.splice(met)) expect(error).toMatch(/Content Security Policy/);
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
    expect(site.strangers).toEqual([]);
    await profile.close();
  });

  it('would have been caught asking somebody else', async () => {
    const { site } = tour();
    const profile = await site.openProfile();
    const page = await site.openPage(profile);
    const met = site.errors.length;
    // The page's policy would stop a fetch before it leaves; going there is not the policy's business.
    await page.goto('https://elsewhere.test/').catch(() => {});
    await expect.poll(() => site.strangers.length, slow).toBeGreaterThan(0);
    expect(new Set(site.strangers.splice(0).map((address) => address.replace(/\/$/, '')))).toContain(
      'elsewhere.test:443',
    );
    site.errors.splice(met);
    await profile.close();
  });
}
