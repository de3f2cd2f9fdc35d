import { sha256 } from '@noble/hashes/sha2';
import { type Html, html, toText, trusted } from './html.js';
import { script } from './script.js';
import type { Section } from './sections/section.js';
import { style } from './style.js';

/** The whole file. Its policy allows this very style sheet and script, pictures in data URLs, and nothing else. */
export function page(parts: { title: string; header: Html; sections: readonly Section[]; sheet: Html }): string {
  const { title, header, sections, sheet } = parts;
  const policy = `default-src 'none'; style-src '${sourceHash(style)}'; script-src '${sourceHash(script)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const markup = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${policy}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="referrer" content="no-referrer"/>
<title>${title}</title>
<link rel="icon" href="data:,"/>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<div class="page">
<header>${header}</header>
${sections.length > 1 && html`<nav aria-label="Sections"><ul>${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ul></nav>`}
<main id="report">
${sections.map(
  (
    section,
  ) => html`<section id="${section.id}" aria-labelledby="${section.id}-title"><div><h2 id="${section.id}-title">${section.title}</h2><p class="lead">${section.lead}</p></div>
<div class="body">${section.body}</div></section>
`,
)}</main>
<footer>Made with nearkin. This file is complete: it loads nothing from anywhere.</footer>
</div>
${sheet}
<script>${trusted(script)}</script>
</body>
</html>
`;
  return toText(markup);
}

/** What a Content-Security-Policy calls an inline text by. */
function sourceHash(text: string): string {
  const bytes = sha256(new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}
