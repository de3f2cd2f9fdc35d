import { expect, test } from 'vitest';
import { type Html, html, toText } from './html.js';

test('escapes what is inserted, in text and in attributes', () => {
  const hostile = `"><img src=x onerror='alert(1)'>&`;
  expect(toText(html`<b title="${hostile}">${hostile}</b>`)).toBe(
    '<b title="&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;">&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;</b>',
  );
});

test('leaves markup of its own alone, and joins lists', () => {
  expect(toText(html`<ul>${['<', 2].map((item) => html`<li>${item}</li>`)}</ul>`)).toBe(
    '<ul><li>&lt;</li><li>2</li></ul>',
  );
});

test('prints nothing for what is absent, and a zero as it is', () => {
  expect(toText(html`${null}${undefined}${false}${[]}${0}${''}`)).toBe('0');
});

test('data that looks like markup is not taken for it', () => {
  const forged = JSON.parse('{"html":"<script>"}') as Html;
  expect(() => toText(html`${forged}`)).toThrow(TypeError);
});
