import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from './packages.mjs';

/** Files of the repository that are pages of the site. */
const pages = {
  'README.md': '/',
  'GLOSSARY.md': '/glossary',
  'ARCHITECTURE.md': '/contributors/architecture',
  'CONTRIBUTING.md': '/contributors/',
  'SECURITY.md': '/contributors/security',
  'BENCHMARKS.md': '/benchmarks/',
  'benchmarks/results/embedding.md': '/benchmarks/embedding',
  'benchmarks/results/evaluation.md': '/benchmarks/evaluation',
  'benchmarks/results/losses.md': '/benchmarks/losses',
  'benchmarks/results/retrieval.md': '/benchmarks/retrieval',
  'benchmarks/results/text-to-image.md': '/benchmarks/text-to-image',
  'benchmarks/results/training.md': '/benchmarks/training',
  'benchmarks/ann/results/README.md': '/benchmarks/search',
  'packages/searcher/FILE-FORMAT.md': '/reference/nearkin-file',
  'packages/tflite/SEARCHER-FORMAT.md': '/reference/device-searcher-file',
};

/**
 * A page that includes a file of the repository names it as `source` in its frontmatter. Relative links of that file
 * lead to the page that includes their target, else to the repository; its pictures are taken from beside it.
 */
export function repositoryLinks(md, { repository }) {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const source = env.frontmatter?.source;
    if (typeof source !== 'string') return;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type === 'link_open') token.attrSet('href', linkFrom(source, token.attrGet('href'), repository));
      if (token.type === 'image') token.attrSet('src', pictureFrom(source, token.attrGet('src'), env.relativePath));
    }
  });
}

function linkFrom(source, href, repository) {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  const [path, anchor] = href.split('#');
  const target = posix.join(posix.dirname(source), path).replace(/\/$/, '');
  const hash = anchor ? `#${anchor}` : '';
  const readme = /^packages\/([^/]+)(\/README\.md)?$/.exec(target);
  if (readme) return `/packages/${readme[1]}${hash}`;
  if (pages[target]) return pages[target] + hash;
  // A target that is nowhere stays as it is, and fails the build as a dead link.
  return existsSync(join(root, target)) ? `${kindOf(target, repository)}/${target}${hash}` : href;
}

function kindOf(target, repository) {
  return statSync(join(root, target)).isDirectory() ? repository.replace('/blob/', '/tree/') : repository;
}

function pictureFrom(source, src, page) {
  if (/^([a-z]+:|\/)/.test(src)) return src;
  const file = posix.join('..', posix.dirname(source), src);
  const path = posix.relative(posix.dirname(page), file);
  return path.startsWith('.') ? path : `./${path}`;
}
