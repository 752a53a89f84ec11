import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lex, quoteWord, quoteWords } from '#ctl/lexer.ts';
import { parseScenarioLine } from '#ctl/scenario-line.ts';

const texts = (line: string, env?: Record<string, string>): unknown => {
  const r = lex(line, env === undefined ? undefined : (n) => env[n]);
  return r.type === 'ok' ? r.tokens.map((t) => (t.type === 'word' ? t.text : { op: t.text })) : r;
};

describe('lexer', () => {
  test('what is quoted is read back', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
        expect(texts(quoteWords(words))).toEqual(words);
        expect(texts(quoteWords(words), { x: 'expanded' })).toEqual(words);
      }),
    );
    expect(quoteWord('plain/key-1')).toBe('plain/key-1');
    expect(quoteWord("it's")).toBe("'it'\\''s'");
  });
  test('quotes, escapes, empty words and comments', () => {
    expect(texts(`put "key with space" 'a"b' c\\ d "" x"y"z "q\\"\\n" # comment`)).toEqual([
      'put',
      'key with space',
      'a"b',
      'c d',
      '',
      'xyz',
      'q"\\n',
    ]);
    expect(texts('get a#b #c')).toEqual(['get', 'a#b']);
  });
  test('operators are tokens without blanks too', () => {
    expect(texts('a|b>>c;d&&e<>f&')).toEqual([
      'a',
      { op: '|' },
      'b',
      { op: '>>' },
      'c',
      { op: ';' },
      'd',
      { op: '&&' },
      'e',
      { op: '<>' },
      'f',
      { op: '&' },
    ]);
    expect(texts(`get "a|b" 'c>d'`)).toEqual(['get', 'a|b', 'c>d']);
  });
  test('variables expand outside single quotes, unset ones to nothing', () => {
    expect(texts('--endpoints=$E "$E/${E}x" \'$E\' $NONE $', { E: 'h:1' })).toEqual(['--endpoints=h:1', 'h:1/h:1x', '$E', '', '$']);
    expect(texts('$E')).toEqual(['$E']);
  });
  test('errors carry a column', () => {
    expect(texts('put "abc')).toEqual({ type: 'error', message: 'missing closing "', column: 5 });
    expect(texts("  'x")).toMatchObject({ column: 3 });
    expect(texts('put a\\')).toMatchObject({ column: 6 });
    expect(texts('echo $(date)', {})).toMatchObject({ column: 6 });
  });
});

describe('scenario lines', () => {
  const body = (line: string): unknown => {
    const r = parseScenarioLine(line);
    return r.type === 'error' ? r : r.body;
  };
  test('times, names and the rest', () => {
    expect(parseScenarioLine('@1500ms &w1 at etcd-2: etcdctl watch k')).toMatchObject({
      atMicros: 1_500_000,
      body: { type: 'command', name: 'w1', line: 'at etcd-2: etcdctl watch k' },
    });
    expect(parseScenarioLine('@2s play kill leader')).toMatchObject({ atMicros: 2_000_000, body: { line: 'play kill leader' } });
    expect(parseScenarioLine('@1500 play heal')).toMatchObject({ type: 'error', column: 1 });
    expect(body('expect   OK  ')).toEqual({ type: 'expect', text: 'OK' });
    expect(body('expect-exit 128')).toEqual({ type: 'expect-exit', code: 128 });
    expect(body('wait w1')).toEqual({ type: 'wait', name: 'w1' });
    expect(body('signal w1 INT')).toEqual({ type: 'signal', name: 'w1', signal: 'INT' });
    expect(body('signal w1 HUP')).toMatchObject({ type: 'error' });
    expect(body('< get k # not a comment ')).toEqual({ type: 'input', data: 'get k # not a comment \n' });
    expect(body('<')).toEqual({ type: 'input', data: '\n' });
    expect(body('# comment')).toEqual({ type: 'blank' });
    expect(body('&w1')).toMatchObject({ type: 'error' });
    expect(body('@1s "x')).toMatchObject({ type: 'command', open: true });
    expect(body('@1s x )')).toMatchObject({ type: 'error', column: 7 });
    expect(body('input w1 "a\\n"')).toEqual({ type: 'more-input', name: 'w1', data: 'a\n' });
    expect(body('input w1 end')).toEqual({ type: 'more-input', name: 'w1', data: undefined });
    expect(body('input w1 a')).toMatchObject({ type: 'error' });
  });
});
