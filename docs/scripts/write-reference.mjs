// Writes reference/api/*.md from the docstrings of every public entry; a public name without one fails.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, ReflectionKind } from 'typedoc';
import { packages, referenceName, root } from './packages.mjs';

const out = fileURLToPath(new URL('../reference/api', import.meta.url));
const entries = packages.flatMap((found) => found.entries);
const app = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: entries.map(({ source }) => source),
  tsconfig: join(root, 'tsconfig.json'),
  basePath: root,
  out,
  readme: 'none',
  skipErrorChecking: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  disableSources: true,
  logLevel: 'Error',
  validation: { notExported: false, invalidLink: false, rewrittenLink: false, notDocumented: false },
  blockTags: [
    '@param',
    '@returns',
    '@throws',
    '@source',
    '@example',
    '@deprecated',
    '@remarks',
    '@see',
    '@typeParam',
    '@default',
    '@defaultValue',
  ],
  sort: ['alphabetical'],
  router: 'module',
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  enumMembersFormat: 'table',
  expandParameters: false,
  sanitizeComments: true,
});
const project = await app.convert();
if (!project) throw new Error('TypeDoc could not read the sources');

const names = new Map(
  entries.map(({ name, source }) => [
    relative(root, source)
      .replaceAll(sep, '/')
      .replace(/(\/index)?\.ts$/, ''),
    name,
  ]),
);
for (const module of project.children) {
  const name = names.get(module.name);
  if (!name) throw new Error(`No package has the module ${module.name}`);
  module.name = referenceName(name);
}

/** A record of options may leave its own sentence out where its members have theirs. */
const isDocumented = (member) =>
  member.hasComment() ||
  [...(member.signatures ?? []), ...(member.children ?? []), ...(member.type?.declaration?.children ?? [])].some(
    (part) => part.hasComment() || part.signatures?.some((signature) => signature.hasComment()),
  );
const undocumented = project.children.flatMap((module) =>
  (module.children ?? [])
    .filter((member) => member.kind !== ReflectionKind.Reference && !isDocumented(member))
    .map((member) => `${module.name}: ${member.name}`),
);
await app.generateOutputs(project);
// A file is called after its entry without slashes; its title is the name that programs import.
rmSync(join(out, 'index.md'));
const pages = new Map(
  entries.map(({ name }) => {
    const file = `${referenceName(name)}.md`;
    return [file, readFileSync(join(out, file), 'utf8').replace(/^# .*/, `# ${name}`)];
  }),
);
const anchors = new Map([...pages].map(([file, text]) => [file, anchorsOf(text)]));
for (const [file, text] of pages) {
  const mended = text.replace(/\]\(([\w-]*(?:\.md)?)#([\w-]+)\)/g, (link, path, anchor) => {
    const known = anchors.get(path || file);
    if (!known || known.has(anchor)) return link;
    const base = anchor.replace(/-\d+$/, '');
    return `](${path}#${known.has(`${base}-1`) ? `${base}-1` : base})`;
  });
  writeFileSync(join(out, file), mended);
}

/** Headings that differ in case only (a function, the type of its result) are counted otherwise by VitePress. */
function anchorsOf(text) {
  const found = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map((match) => match[1]));
  for (const [, heading] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replace(/\s+/g, '-');
    let name = slug;
    for (let i = 1; found.has(name); i++) name = `${slug}-${i}`;
    found.add(name);
  }
  return found;
}
console.log(`${project.children.length} entries, ${undocumented.length} names without a docstring`);
if (undocumented.length > 0) {
  console.error(`Public names need a docstring:\n  ${undocumented.join('\n  ')}`);
  process.exitCode = 1;
}
