import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { checkSite } from '../scripts/check-site.mjs';
import { packages, referenceName } from '../scripts/packages.mjs';
import { repositoryLinks } from '../scripts/repository-links.mjs';
import { wholeFlags } from '../scripts/whole-flags.mjs';

const repository = 'https://github.com/nearkin/nearkin';

const start = {
  text: 'Start',
  items: [
    { text: 'Which way in?', link: '/start/' },
    { text: 'A classifier in Node', link: '/start/classifier-node' },
    { text: 'A classifier in the browser', link: '/start/classifier-browser' },
    { text: 'Search pictures by words', link: '/start/text-to-image' },
    { text: 'Evaluate an embedder', link: '/start/evaluate' },
    { text: 'Train an embedder', link: '/start/train' },
    { text: 'The demo', link: '/start/demo' },
  ],
};
const tutorials = {
  text: 'Tutorials',
  items: [
    { text: 'Products from one photo each', link: '/tutorials/products' },
    { text: 'A lesson for a class', link: '/tutorials/lesson' },
    { text: 'Search your photos by words', link: '/tutorials/photos-by-words' },
    { text: 'Train on your own albums', link: '/tutorials/train-on-albums' },
    { text: 'Choose a threshold for “unknown”', link: '/tutorials/unknown' },
    { text: 'To a phone with .tflite', link: '/tutorials/phone' },
    { text: 'Serve an index', link: '/tutorials/serve' },
    {
      text: 'Move over from …',
      items: [
        { text: 'knn-classifier', link: '/tutorials/from-knn-classifier' },
        { text: 'Teachable Machine', link: '/tutorials/from-teachable-machine' },
        { text: 'Model Maker', link: '/tutorials/from-model-maker' },
        { text: 'ScaNN', link: '/tutorials/from-scann' },
      ],
    },
  ],
};
const concepts = {
  text: 'Concepts',
  items: [
    { text: 'How retrieval layers work', link: '/concepts/retrieval-layers' },
    { text: 'Why a dot product is a distance', link: '/concepts/dot-product' },
    { text: 'Partitions, codes, reordering', link: '/concepts/partitions-codes-reorder' },
    { text: 'Anisotropic quantisation', link: '/concepts/anisotropic' },
    { text: 'Which loss, which miner', link: '/concepts/losses-and-miners' },
    { text: 'Splits, and why recall@k lies', link: '/concepts/splits' },
    { text: 'Calibration and open set', link: '/concepts/open-set' },
    { text: 'Glossary', link: '/glossary' },
  ],
};
const reference = [
  {
    text: 'Reference',
    items: [
      { text: 'Overview', link: '/reference/' },
      { text: 'Errors', link: '/reference/errors' },
      { text: 'The .nearkin file', link: '/reference/nearkin-file' },
      { text: 'Searcher files for devices', link: '/reference/device-searcher-file' },
    ],
  },
  { text: 'Packages', items: packages.map(({ folder, name }) => ({ text: name, link: `/packages/${folder}` })) },
  {
    text: 'Every public name',
    items: packages.flatMap(({ entries }) =>
      entries.map(({ name }) => ({ text: name, link: `/reference/api/${referenceName(name)}` })),
    ),
  },
];
const benchmarks = {
  text: 'Benchmarks',
  items: [
    { text: 'In short', link: '/benchmarks/' },
    { text: 'Vector search', link: '/benchmarks/search' },
    { text: 'Retrieval layers', link: '/benchmarks/retrieval' },
    { text: 'Embedding', link: '/benchmarks/embedding' },
    { text: 'Evaluation', link: '/benchmarks/evaluation' },
    { text: 'Training', link: '/benchmarks/training' },
    { text: 'Which loss?', link: '/benchmarks/losses' },
    { text: 'Words to pictures', link: '/benchmarks/text-to-image' },
    { text: 'Install size', link: '/benchmarks/install-size' },
  ],
};
const contributors = {
  text: 'For contributors',
  items: [
    { text: 'Contributing', link: '/contributors/' },
    { text: 'Architecture', link: '/contributors/architecture' },
    { text: 'Versions and deprecations', link: '/contributors/versions' },
    { text: 'Security', link: '/contributors/security' },
    { text: 'This site', link: '/contributors/docs' },
  ],
};

export default defineConfig({
  title: 'nearkin',
  description:
    'Image classification by retrieval, vector search, metric learning and honest evaluation, in TypeScript.',
  lang: 'en',
  base: process.env['DOCS_BASE'] ?? '/',
  cleanUrls: true,
  srcExclude: ['README.md'],
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${process.env['DOCS_BASE'] ?? '/'}mark.svg` }],
    ['meta', { name: 'theme-color', content: '#0f766e' }],
  ],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    languageAlias: { mjs: 'js' },
    config: (md) => {
      repositoryLinks(md, { repository: `${repository}/blob/main` });
      wholeFlags(md);
    },
  },
  vite: {
    // Tables and pictures of the repository stand outside of this folder.
    server: { fs: { allow: ['..'] } },
    build: { chunkSizeWarningLimit: 2000 },
    // The figures that answer search with the searcher's own sources.
    resolve: { conditions: ['nearkin-source'] },
    ssr: { noExternal: [/^@nearkin\//], resolve: { conditions: ['nearkin-source'] } },
    worker: { format: 'es' },
  },
  themeConfig: {
    logo: '/mark.svg',
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Start', link: '/start/', activeMatch: '^/start/' },
      { text: 'Tutorials', link: '/tutorials/products', activeMatch: '^/tutorials/' },
      { text: 'Concepts', link: '/concepts/retrieval-layers', activeMatch: '^/(concepts/|glossary)' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/(reference|packages)/' },
      { text: 'Benchmarks', link: '/benchmarks/', activeMatch: '^/benchmarks/' },
    ],
    sidebar: {
      '/reference/': reference,
      '/packages/': reference,
      '/benchmarks/': [benchmarks, contributors],
      '/contributors/': [contributors, benchmarks],
      '/': [start, tutorials, concepts],
    },
    socialLinks: [{ icon: 'github', link: repository }],
    footer: { message: 'Apache-2.0', copyright: footer() },
    externalLinkIcon: true,
  },
  buildEnd: checkSite,
});

function footer(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../packages/core/package.json', import.meta.url), 'utf8'));
  return `nearkin ${version}. <a href="${repository}">Sources</a>`;
}
