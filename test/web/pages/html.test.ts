import { describe, expect, it } from 'vitest';
import { html } from '../../../src/web/pages/html.ts';
import { durationText } from '../../../src/web/pages/page.ts';

describe('html', () => {
  it('escapes every value, and nothing of the template', () => {
    const name = `<img src=x onerror="alert('1')">&amp;`;
    expect(html`<td>${name}</td>`.html).toBe(
      '<td>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;</td>',
    );
  });

  it('takes HTML as it is, lists of it one after the other, and nothing for undefined', () => {
    const cells = ['a', '<b>'].map((text) => html`<td>${text}</td>`);
    expect(html`<tr>${cells}${undefined}${7}</tr>`.html).toBe('<tr><td>a</td><td>&lt;b&gt;</td>7</tr>');
  });

  it('shows what would turn the direction of text, control characters and lone surrogates', () => {
    expect(html`${'a\u202eb\u0000\ud800'}`.html).toBe('a\\u202eb\\u0000\ufffd');
  });
});

describe('a duration', () => {
  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [61, '1 min 1 s'],
    [3600, '1 h'],
    [11_520, '3 h 12 min'],
    [86_399, '23 h 59 min'],
    [100_800, '1 d 4 h'],
    [86_400 * 400, '400 d'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
