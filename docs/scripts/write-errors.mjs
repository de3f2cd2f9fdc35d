// Writes reference/errors.md from the union of codes in @nearkin/core: a heading, and so an anchor, for each code.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './packages.mjs';

const path = 'packages/core/src/nearkin-error.ts';
const text = readFileSync(join(root, path), 'utf8');
const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
const union = file.statements.find((node) => ts.isTypeAliasDeclaration(node) && node.name.text === 'NearkinErrorCode');
if (!union || !ts.isUnionTypeNode(union.type)) throw new Error(`${path} has no union NearkinErrorCode`);

/** The doc comment right before a member of the union, which stands before its `|`. */
function commentOf(member) {
  const before = text
    .slice(0, member.getStart())
    .replace(/\|\s*$/, '')
    .trimEnd();
  const found = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/$/.exec(before);
  return found ? found[1].replace(/\s*\n\s*\*\s?/g, ' ').trim() : '';
}

const codes = union.type.types.map((member) => ({ code: member.literal.text, comment: commentOf(member) }));
const advice = JSON.parse(readFileSync(new URL('../reference/error-advice.json', import.meta.url), 'utf8'));
const unknown = Object.keys(advice).filter((code) => !codes.some((known) => known.code === code));
if (unknown.length > 0) throw new Error(`error-advice.json speaks of codes that do not exist: ${unknown.join(', ')}`);
const silent = codes.filter(({ code, comment }) => !comment && !advice[code]).map(({ code }) => code);
if (silent.length > 0) throw new Error(`Nothing is said about ${silent.join(', ')}`);

const sections = codes.map(({ code, comment }) =>
  [`## ${code} {#${code}}`, comment, advice[code]].filter(Boolean).join('\n\n'),
);
writeFileSync(
  new URL('../reference/errors.md', import.meta.url),
  `---
outline: 2
---

# Errors

Every error of nearkin is a \`NearkinError\`. Its message says what was expected, what came and what to do; \`code\` is for
programs and never changes its meaning; \`details\` holds the values; \`cause\` the error underneath, if there is one. The
command line prints \`{ "error": { "code", "message", "details" } }\` under \`--json\`.

<<< ../samples/catch-an-error.mjs#sample

${sections.join('\n\n')}
`,
);
console.log(`${codes.length} error codes`);
