import { describe, expect, it } from 'vitest';
import { FLAGS, type Flag } from '../../src/config/flags.ts';
import { shownTexts, withoutSecrets } from '../../src/config/secrets.ts';

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
    ['https://a/v1?key=two words', 'https://a/v1?<secret>'],
    ['collector:4317?key=hunter2', 'collector:4317?<secret>'],
    ['https://a/v1', 'https://a/v1'],
  ])('of an address are shown without its query: %s', (text, shown) => {
    expect(shownTexts({ value: 'url' }, { texts: [text] })).toEqual([shown]);
  });

  it.each([
    ['https://user:pass@otlp.example.com:4318/v1', 'https://<secret>@otlp.example.com:4318/v1'],
    ['https://token@host', 'https://<secret>@host'],
    ['must be x, not "https://user:a very long pass', 'must be x, not "https://user:a very long pass'],
    ['must be x, not "https://user:p…"', 'must be x, not "https://<secret>"'],
    ['https://otlp.example.com/@x', 'https://otlp.example.com/@x'],
    ['/metrics', '/metrics'],
    ['https://a/v1?api_key=hunter2&b=1', 'https://a/v1?<secret>'],
    ['"https://a/v1?api_key=hunter2" is not "http://b?c"', '"https://a/v1?<secret>" is not "http://b?<secret>"'],
    ['must be x, not "https://a/?api_key=hun…"', 'must be x, not "https://a/?<secret>"'],
    ['https?://[^/]+', 'https?://[^/]+'],
  ])('%s', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown);
  });
});
