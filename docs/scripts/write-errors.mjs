// Writes reference/errors.md: a heading, and so an anchor, for each code.
import { writeFileSync } from 'node:fs';
import { errorCodes } from './error-codes.mjs';

const codes = errorCodes();
const sections = codes.map(({ code, meaning, advice }) => `## ${code} {#${code}}\n\n${meaning}\n\n${advice}`);
writeFileSync(
  new URL('../reference/errors.md', import.meta.url),
  `---
outline: 2
---

# Errors

Every error of nearkin is a \`NearkinError\`. Its message says what was expected, what came and what to do; \`code\` is for
programs and never changes its meaning; \`details\` holds the values; \`cause\` the error underneath, if there is one;
\`link\` leads to the code on this page. The command line prints the link too, and
\`{ "error": { "code", "message", "details" } }\` under \`--json\`.

<<< ../samples/catch-an-error.mjs#sample

${sections.join('\n\n')}
`,
);
console.log(`${codes.length} error codes`);
