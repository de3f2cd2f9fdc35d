import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './packages.mjs';

const path = 'packages/core/src/nearkin-error.ts';

/**
 * Every code of the union in @nearkin/core with what it means, by its doc comment, and what to do, by error-advice.json.
 * Fails where one of the two is missing, and where there is advice about a code that does not exist.
 *
 * @returns {{ code: string, meaning: string, advice: string }[]}
 */
export function errorCodes() {
  const text = readFileSync(join(root, path), 'utf8');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const union = file.statements.find(
    (node) => ts.isTypeAliasDeclaration(node) && node.name.text === 'NearkinErrorCode',
  );
  if (!union || !ts.isUnionTypeNode(union.type)) throw new Error(`${path} has no union NearkinErrorCode`);
  const advice = JSON.parse(readFileSync(new URL('../reference/error-advice.json', import.meta.url), 'utf8'));
  const codes = union.type.types.map((member) => ({
    code: member.literal.text,
    meaning: commentBefore(member, text),
    advice: advice[member.literal.text] ?? '',
  }));
  const unknown = Object.keys(advice).filter((code) => !codes.some((known) => known.code === code));
  if (unknown.length > 0) throw new Error(`error-advice.json speaks of codes that do not exist: ${unknown.join(', ')}`);
  for (const { code, meaning, advice: todo } of codes) {
    if (!meaning) throw new Error(`${path} does not say what ${code} means`);
    if (!todo) throw new Error(`error-advice.json does not say what to do about ${code}`);
  }
  return codes;
}

/** The doc comment right before a member of the union, which stands before its `|`. */
function commentBefore(member, text) {
  const before = text
    .slice(0, member.getStart())
    .replace(/\|\s*$/, '')
    .trimEnd();
  const found = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/$/.exec(before);
  return found ? found[1].replace(/\s*\n\s*\*\s?/g, ' ').trim() : '';
}
