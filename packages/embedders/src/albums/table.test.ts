import { describe, expect, it } from 'vitest';
import { parseTable } from './parse-table.js';
import { tableItems } from './table-items.js';

describe('parseTable', () => {
  it('reads CSV with quotes, line breaks in fields, other delimiters and line ends', () => {
    const csv = 'file,caption\r\na.png,"a ""cat"",\r\nasleep"\r\n\r\nb.png,x\r\n';
    expect(parseTable(csv)).toEqual([
      { line: 2, values: { file: 'a.png', caption: 'a "cat",\r\nasleep' } },
      { line: 5, values: { file: 'b.png', caption: 'x' } },
    ]);
    expect(parseTable('\uFEFFa;b\n1;2\n')).toEqual([{ line: 2, values: { a: '1', b: '2' } }]);
    expect(parseTable("a|b\n'x|y'|2", { delimiter: '|', quote: "'" })[0]!.values).toEqual({ a: 'x|y', b: '2' });
    expect(parseTable('text\nkin\n')).toEqual([{ line: 2, values: { text: 'kin' } }]);
  });

  it('reads JSON lines', () => {
    expect(parseTable('{"a":1}\n\n{"a":[2]}\r\n', { name: 'x.jsonl' })).toEqual([
      { line: 1, values: { a: 1 } },
      { line: 3, values: { a: [2] } },
    ]);
  });

  it.each([
    ['a,b\n1,2\n1,2,3\n', {}, 3],
    ['a,b\n1\n', {}, 2],
    ['a,b\n1,2\n\n1,"open\n', {}, 4],
    ['a,a\n1,2\n', {}, 1],
    ['a,b\n"x\ny",2\n1,2,3', {}, 4],
    ['{"a":1}\n{"a"', { format: 'jsonl' }, 2],
    ['{"a":1}\n\n[1]\n', { format: 'jsonl' }, 3],
  ] as const)('names the line that is wrong in %j', (text, options, line) => {
    expect(() => parseTable(text, { ...options, name: 'table.csv' })).toThrow(
      expect.objectContaining({ code: 'BAD_FORMAT', message: expect.stringContaining(`line ${line} of table.csv`) }),
    );
  });

  it('refuses a table without rows', () => {
    for (const text of ['', 'a,b\n', '\n\n'])
      expect(() => parseTable(text)).toThrow(expect.objectContaining({ code: 'EMPTY_GALLERY' }));
  });
});

describe('tableItems', () => {
  const rows = parseTable('id,text,kind,by\n1,red apple,fruit,me\n2,dog,,you\n');

  it('takes id, label and metadata from columns', () => {
    expect(tableItems(rows, { input: 'text', id: 'id', label: 'kind' })).toEqual([
      { id: '1', input: 'red apple', label: 'fruit', metadata: { by: 'me' } },
      { id: '2', input: 'dog', metadata: { by: 'you' } },
    ]);
    expect(tableItems(rows, { input: 'text', metadata: ['kind'] })[1]).toEqual({
      id: 'line 3',
      input: 'dog',
      metadata: { kind: '' },
    });
  });

  it('names the line of what is missing or stands twice', () => {
    expect(() => tableItems(rows, { input: 'kind' })).toThrow(/line 3/);
    expect(() => tableItems(rows, { input: 'caption' })).toThrow(/id, text, kind, by/);
    const twice = parseTable('id,text\n1,a\n1,b\n');
    expect(() => tableItems(twice, { input: 'text', id: 'id' })).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_ID', message: expect.stringContaining('Lines 2 and 3') }),
    );
  });
});
