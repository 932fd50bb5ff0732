import { describe, expect, it } from 'vitest';
import { FLAGS, type Flag } from '../../src/config/flags.ts';
import { shownTexts, withoutPasswords } from '../../src/config/secrets.ts';

describe('flags', () => {
  it('that take what only some may know are marked as secret', () => {
    const flags: readonly Flag[] = FLAGS;
    const secret = flags.filter(({ name }) => /header|password|token|secret|key$/.test(name));
    for (const flag of secret) expect(flag, flag.name).toMatchObject({ secret: true });
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
