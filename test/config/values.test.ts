import { describe, expect, it } from 'vitest';
import {
  parseBoolean,
  parseChoice,
  parseDuration,
  parseInteger,
  parseList,
  parseListenAddress,
  parsePath,
  parsePattern,
  ValueError,
} from '../../src/config/values.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['0.5', 500],
    ['10', 10_000],
    [' 3s ', 3000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', 'ten', '10 s', '-1s', '1w', 's', '1e3', '10ss'])(
    '%j is none, and the error shows what would be',
    (text) => {
      expect(() => parseDuration(text)).toThrow(/must be a duration such as 500ms, 10s or 1m30s, not ".*"/);
    },
  );
});

describe('a listen address', () => {
  it.each([
    [':10600', { host: undefined, port: 10_600 }],
    ['127.0.0.1:9182', { host: '127.0.0.1', port: 9182 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:10600', { host: '::1', port: 10_600 }],
    ['[fe80::1%eth0]:1', { host: 'fe80::1%eth0', port: 1 }],
  ])('%s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  it.each(['10600', 'localhost', '::1:10600', ':65536', ':x', 'a b:1', 'http://x:1', ':-1', ''])(
    '%j is none',
    (text) => {
      expect(() => parseListenAddress(text)).toThrow(/must be host:port, \[IPv6\]:port or :port/);
    },
  );
});

describe('a pattern', () => {
  it('has to match the whole name', () => {
    const pattern = parsePattern('Office|Home');
    expect(pattern.test('Office')).toBe(true);
    expect(pattern.test('Office 2')).toBe(false);
    expect(pattern.test('My Home')).toBe(false);
  });

  it('matches line breaks, too: a name may hold one', () => {
    expect(parsePattern('.*').test('a\nb')).toBe(true);
  });

  it('ignores case after (?i), as in the exporters written in Go', () => {
    expect(parsePattern('(?i)office.*').test('OFFICE VPN')).toBe(true);
  });

  it.each(['(', ')(', '[a', '*', 'a{2,1}', '(?<'])('%j is none', (text) => {
    expect(() => parsePattern(text)).toThrow(/must be a regular expression, and ".*" is not: \S/);
  });
});

describe('other values', () => {
  it('are read, or refused with what would be right', () => {
    expect(parseInteger('40', 0, 100)).toBe(40);
    for (const text of ['-1', '101', '4.5', '', 'x', '1e1']) {
      expect(() => parseInteger(text, 0, 100)).toThrow(/must be a whole number from 0 to 100, not/);
    }
    expect([parseBoolean('true'), parseBoolean('0')]).toEqual([true, false]);
    expect(() => parseBoolean('yes')).toThrow('must be true or false, not "yes"');
    expect(parseChoice('json', ['logfmt', 'json'])).toBe('json');
    expect(() => parseChoice('JSON', ['logfmt', 'json'])).toThrow('must be one of logfmt, json, not "JSON"');
    expect(parsePath('/metrics')).toBe('/metrics');
    for (const text of ['metrics', '/', '/a b', '/a?b', '/:name', '/*', '//x', '/x/'])
      expect(() => parsePath(text)).toThrow(ValueError);
    expect(parseList(' a, ,b,')).toEqual(['a', 'b']);
  });

  it('are shown shortened and escaped when they are refused', () => {
    expect(() => parseBoolean(`\u001b[31m${'x'.repeat(1000)}`)).toThrow(
      /^must be true or false, not "\\u001b\[31mx{75}…"$/,
    );
  });
});
