import { describe, expect, it } from 'vitest';
import { printable } from '../../src/text/printable.ts';

describe('printable text', () => {
  it.each([
    ['Büro 1 – 東京 🔒', 'Büro 1 – 東京 🔒'],
    ['a\u001b[31m\u009bb\n', 'a\\u001b[31m\\u009bb\\u000a'],
    ['a\u2028\u202eb\u2066', 'a\\u2028\\u202eb\\u2066'],
    ['Off\u200bice\u200d\ufeff\u2060\u00ad', 'Off\\u200bice\\u200d\\ufeff\\u2060\\u00ad'],
    ['x\u{e0041}', 'x\\udb40\\udc41'],
    ['\ud800', '\ufffd'],
  ])('%j shows whatever is not seen as its escape', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});
