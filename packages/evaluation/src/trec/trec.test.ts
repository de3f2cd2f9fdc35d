import { createRng, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { compareIdBytes } from './compare-id-bytes.js';
import { evaluateTrec } from './evaluate-trec.js';
import { readTrec } from './read-trec.js';
import type { TrecFile } from './trec-file.js';
import { writeTrec } from './write-trec.js';

const failure = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof NearkinError) return { code: error.code, line: error.details['line'], message: error.message };
    throw error;
  }
  return undefined;
};

describe('readTrec', () => {
  it('reads judgements and runs, in spaces or tabs, any line ends, comments and empty lines', () => {
    expect(readTrec('\uFEFF# a comment\n301 0 FBIS3-1 1\r\n\n301\t0  FBIS3-2\t-1\n')).toEqual({
      kind: 'qrels',
      judgements: [
        { query: '301', iteration: '0', id: 'FBIS3-1', grade: 1 },
        { query: '301', iteration: '0', id: 'FBIS3-2', grade: -1 },
      ],
    });
    expect(readTrec('q Q0 d 1 2.5e-3 mine\nq Q0 e 2 -.5 mine')).toEqual({
      kind: 'run',
      results: [
        { query: 'q', id: 'd', rank: 1, score: 0.0025, tag: 'mine' },
        { query: 'q', id: 'e', rank: 2, score: -0.5, tag: 'mine' },
      ],
    });
    expect(readTrec('', { kind: 'run' })).toEqual({ kind: 'run', results: [] });
    expect(readTrec('')).toEqual({ kind: 'qrels', judgements: [] });
  });

  it('names the line of what is wrong', () => {
    const bad = (text: string, kind?: 'qrels' | 'run') => failure(() => readTrec(text, { kind }));
    expect(bad('q 0 a 1\n\n# note\nq 0 b\n')).toMatchObject({ code: 'BAD_FORMAT', line: 4 });
    expect(bad('q 0 a 1\nq 0 b yes')).toMatchObject({ code: 'BAD_FORMAT', line: 2 });
    expect(bad('q 0 a 1.5')).toMatchObject({ code: 'BAD_FORMAT', line: 1 });
    expect(bad('q 0 a 1\nr 0 a 1\nq 0 a 0')).toMatchObject({ code: 'BAD_FORMAT', line: 3 });
    expect(bad('q Q0 a 1 0.5 t\nq Q0 b 2 nan t')).toMatchObject({ code: 'BAD_FORMAT', line: 2 });
    expect(bad('q Q0 a 1 1e999 t')).toMatchObject({ code: 'BAD_FORMAT', line: 1 });
    expect(bad('q Q0 a first 0.5 t')).toMatchObject({ code: 'BAD_FORMAT', line: 1 });
    expect(bad('q Q0 a 1 0.5 t\nq Q0 a 2 0.4 t')).toMatchObject({ code: 'BAD_FORMAT', line: 2 });
    expect(bad('q 0 a 1', 'run')?.message).toBe(
      'Line 1 of the TREC file: expected 6 columns (query Q0 id rank score tag), got 4.',
    );
  });
});

describe('writeTrec', () => {
  it('gives back what was read, to the last bit of a score', () => {
    const rng = createRng(7);
    const run: TrecFile = {
      kind: 'run',
      results: Array.from({ length: 200 }, (_, i) => ({
        query: `${300 + (i % 7)}`,
        id: `dök-${i}`,
        rank: i,
        score: rng.normal() * 10 ** (rng.integer(40) - 20),
        tag: 'räng',
      })),
    };
    expect(readTrec(writeTrec(run))).toEqual(run);
    const qrels: TrecFile = {
      kind: 'qrels',
      judgements: [
        { query: '__proto__', iteration: '0', id: 'a', grade: 3 },
        { query: '10', iteration: 'x', id: 'b', grade: -2 },
        { query: '9', iteration: '0', id: 'c', grade: 0 },
      ],
    };
    expect(readTrec(writeTrec(qrels))).toEqual(qrels);
    expect(writeTrec(qrels)).toBe('__proto__ 0 a 3\n10 x b -2\n9 0 c 0\n');
    expect(writeTrec({ kind: 'run', results: [] })).toBe('');
  });

  it('refuses what a line cannot hold', () => {
    const judgement = { query: 'q', iteration: '0', id: 'a', grade: 1 };
    const result = { query: 'q', id: 'a', rank: 1, score: 1, tag: 't' };
    const code = (file: TrecFile) => failure(() => writeTrec(file))?.code;
    for (const change of [{ query: '' }, { query: '#1' }, { id: 'two words' }, { id: 'a\u00a0b' }, { grade: 0.5 }])
      expect(code({ kind: 'qrels', judgements: [{ ...judgement, ...change }] })).toBe('INVALID_ARGUMENT');
    expect(code({ kind: 'run', results: [{ ...result, score: Number.NaN }] })).toBe('NON_FINITE');
    expect(code({ kind: 'run', results: [{ ...result, rank: 1.5 }] })).toBe('INVALID_ARGUMENT');
    expect(code({ kind: 'run', results: [{ ...result, tag: '' }] })).toBe('INVALID_ARGUMENT');
  });
});

describe('evaluateTrec', () => {
  const qrels = readTrec('1 0 a 1\n1 0 b 0\n1 0 c 2\n2 0 a 1\n3 0 a 0\n', { kind: 'qrels' });
  // Query 1: c and x tied; x comes first, for its id is larger. Then b, a. The rank column lies.
  const run = readTrec('1 Q0 a 1 0.1 t\n1 Q0 c 2 0.9 t\n1 Q0 x 3 0.9 t\n1 Q0 b 4 0.5 t\n3 Q0 a 1 1 t\n9 Q0 a 1 1 t\n', {
    kind: 'run',
  });

  it("follows trec_eval's rules for ties, unjudged items and missing queries", () => {
    const result = evaluateTrec({ qrels, run, k: 5 });
    expect(result.queryIds).toEqual(['1', '3']);
    expect(result.perQuery?.['averagePrecision']).toEqual([(1 / 2 + 2 / 4) / 2, null]);
    expect(result.perQuery?.['precision@5']).toEqual([2 / 5, null]);
    expect(result.mean['reciprocalRank']).toBe(0.5);
    const ideal = 2 + 1 / Math.log2(3);
    expect(result.mean['ndcg@5']).toBeCloseTo((2 / Math.log2(3) + 1 / Math.log2(5)) / ideal, 14);
    // trec_eval -c, and its 0 for a judged query without a relevant item.
    const complete = evaluateTrec({ qrels, run, k: 5, missingQueries: 'zero', undefined: 'zero' });
    expect(complete.queryIds).toEqual(['1', '2', '3']);
    expect(complete.mean['averagePrecision']).toBeCloseTo(0.5 / 3, 15);
  });

  it('refuses files that do not belong together', () => {
    const other = readTrec('77 Q0 a 1 1 t', { kind: 'run' });
    expect(failure(() => evaluateTrec({ qrels, run: other }))?.code).toBe('UNKNOWN_ID');
    expect(evaluateTrec({ qrels, run: { kind: 'run', results: [] } }).mean['averagePrecision']).toBeNull();
  });
});

describe('compareIdBytes', () => {
  it('orders like the UTF-8 bytes', () => {
    const ids = [
      '',
      'a',
      'B',
      'ab',
      'z',
      'é',
      '\uff5e',
      '\u{1f600}',
      '\u{1f601}',
      'a\u{1f600}',
      'a\uff5e',
      '\u{10ffff}',
    ];
    const encoder = new TextEncoder();
    const byBytes = (a: string, b: string) => {
      const [x, y] = [encoder.encode(a), encoder.encode(b)];
      for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
      return x.length - y.length;
    };
    for (const a of ids)
      for (const b of ids) expect(Math.sign(compareIdBytes(a, b)), `${a} ${b}`).toBe(Math.sign(byBytes(a, b)));
  });
});
