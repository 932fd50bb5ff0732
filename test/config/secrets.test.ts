import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret, shownTexts, withoutPasswords } from '../../src/config/secrets.ts';

describe('a secret', () => {
  it('is never seen but by those who ask for it', () => {
    const secret = new Secret('hunter2');
    expect(`${secret}`).toBe('<secret>');
    expect(JSON.stringify({ headers: secret })).toBe('{"headers":"<secret>"}');
    expect(inspect({ deep: [secret] })).toBe('{ deep: [ <secret> ] }');
    expect(Object.keys(secret)).toEqual([]);
    expect(secret.reveal()).toBe('hunter2');
  });
});

describe('texts of settings', () => {
  it('are not shown when the flag is secret', () => {
    expect(shownTexts({ secret: true }, { texts: ['authorization=Bearer x', 'y'] })).toEqual(['<secret>', '<secret>']);
  });

  it.each([
    ['https://user:pass@otlp.example.com:4318/v1', 'https://<secret>@otlp.example.com:4318/v1'],
    ['https://token@host', 'https://<secret>@host'],
    ['must be x, not "https://user:a very long pass', 'must be x, not "https://user:a very long pass'],
    ['must be x, not "https://user:p…"', 'must be x, not "https://<secret>"'],
    ['https://otlp.example.com/@x', 'https://otlp.example.com/@x'],
    ['/metrics', '/metrics'],
  ])('%s', (text, shown) => {
    expect(withoutPasswords(text)).toBe(shown);
  });
});
