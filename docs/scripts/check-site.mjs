import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What VitePress does not look at itself: pages that no menu leads to, anchors that are not there, pictures without a
 * description. Runs at the end of the build and fails it.
 */
export function checkSite({ pages, outDir, site }) {
  const faults = [];
  const menu = JSON.stringify([site.themeConfig.sidebar, site.themeConfig.nav]);
  const links = new Set([...menu.matchAll(/"link":"([^"]*)"/g)].map((match) => match[1]));
  const address = (page) => `/${page.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '')}`;
  for (const page of pages)
    if (page !== 'index.md' && !links.has(address(page))) faults.push(`${page}: no menu leads here`);
  for (const link of links)
    if (!pages.some((page) => address(page) === link)) faults.push(`menu: ${link} does not exist`);

  const html = new Map(
    pages.map((page) => [address(page), readFileSync(join(outDir, page.replace(/\.md$/, '.html')), 'utf8')]),
  );
  const ids = new Map(
    [...html].map(([at, text]) => [
      at,
      new Set([...text.matchAll(/\sid="([^"]+)"/g)].map((match) => decode(match[1]))),
    ]),
  );
  for (const [at, text] of html) {
    for (const [, href] of text.matchAll(/<a[^>]*?\shref="([^"]*#[^"]+)"/g)) {
      const target = new URL(decode(href), `http://site${site.base}${at.slice(1)}`);
      if (target.host !== 'site') continue;
      const path = `/${target.pathname.slice(site.base.length)}`.replace(/\.html$/, '');
      if (!ids.get(path)?.has(decodeURIComponent(target.hash.slice(1)))) faults.push(`${at}: nothing is at ${href}`);
    }
    for (const [image] of text.matchAll(/<img[^>]*>/g))
      if (!/\salt="[^"]/.test(image) && !image.includes('VPImage'))
        faults.push(`${at}: a picture without a description: ${image}`);
  }
  if (faults.length > 0) throw new Error(`The site has faults:\n  ${[...new Set(faults)].join('\n  ')}`);
}

const decode = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
