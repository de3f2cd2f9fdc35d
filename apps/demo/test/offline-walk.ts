import { expect, it } from 'vitest';
import { answers, isReady, visit } from './page-actions.js';
import type { Tour } from './tour.js';

/** One visit to a server that then goes away. */
export function offlineWalk(tour: () => Tour): void {
  it.each([{ isolated: true }, { isolated: false }])('works after one visit, isolated: $isolated', async (options) => {
    const { site, query } = tour();
    const server = await site.serveAgain(options);
    const profile = await site.openProfile();
    const page = await site.openPage(profile, { address: server.address });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(options.isolated);
    // The page is kept as a whole before it counts as kept.
    await expect
      .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state), {
        timeout: 60_000,
      })
      .toBe('activated');
    await server.close();

    await page.reload();
    await page.locator('main[data-ready]').waitFor();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(options.isolated);
    await page.getByRole('button', { name: 'Try twelve drawings' }).click();
    await isReady(page, 12);
    await answers(page, query('old key'), 'old key');
    await visit(page, 'Map');
    await page.locator('canvas').waitFor();
    await profile.close();
  });

  it('can be installed', async () => {
    const { site } = tour();
    const profile = await site.openProfile();
    const page = await site.openPage(profile);
    const session = await profile.newCDPSession(page);
    const { errors, data } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    expect(JSON.parse(data ?? '')).toMatchObject({ name: expect.any(String), display: 'standalone' });
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    // A profile of a test is one that keeps nothing; there is no other hindrance.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
    await profile.close();
  });
}
