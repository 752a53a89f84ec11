import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';

it('text is encoded as TextEncoder does, lone surrogates too, and comes back', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[\ud800-\udfffa-z\u00e9]*$/)),
      (text) => {
        const bytes = utf8(text);
        expect(bytes).toEqual(new TextEncoder().encode(text));
        expect(bytes.buffer.byteLength).toBe(bytes.length);
        expect(fromUtf8(bytes)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
      },
    ),
  );
});
