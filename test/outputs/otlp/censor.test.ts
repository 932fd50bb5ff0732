import { describe, expect, it } from 'vitest';
import { makeCensor } from '../../../src/outputs/otlp/censor.ts';

const ENDPOINT = 'https://otlp.example.com/v1/metrics';

describe('a text of our own', () => {
  const headers = {
    authorization: `Basic ${Buffer.from('alice:open "sesame"').toString('base64')}`,
    'x-key': 'a+b/c=',
    'x-tenant': '42',
  };
  const { clean } = makeCensor({ headers, endpoint: `${ENDPOINT}?api_key=hunter2` });

  it.each([
    ['Invalid value "a+b/c="', 'Invalid value "<redacted>"'],
    ['a%2Bb%2Fc%3D', '<redacted>'],
    [headers.authorization, '<redacted>'],
    ['alice:open "sesame"', '<redacted>'],
    [String.raw`{"password":"open \"sesame\""}`, '{"password":"<redacted>"}'],
    ['the key hunter2', 'the key <redacted>'],
    ['https://b/c?d=e', 'https://b/c?<secret>'],
    ['tenant 42, not 142', 'tenant <redacted>, not 142'],
    ['connect ECONNREFUSED 127.0.0.42:4318', 'connect ECONNREFUSED 127.0.0.42:4318'],
    ['two\nlines', String.raw`two\u000alines`],
  ])('%s', (text, shown) => {
    expect(clean(text)).toBe(shown);
  });

  it('has an end, and no half of a secret before it', () => {
    expect(clean(`${'x'.repeat(298)}hunter2`)).toBe(`${'x'.repeat(298)}<r…`);
    expect(clean('\u0000'.repeat(1000))).toHaveLength(301);
  });
});

describe('words of a backend', () => {
  it.each([
    ['nothing secret is sent to it', {}, ENDPOINT, true],
    ['it is sent a header', { 'x-tenant': '1' }, ENDPOINT, false],
    ['it is sent a query', {}, `${ENDPOINT}?api_key=1`, false],
  ] as const)('may be repeated where %s: %j %s → %s', (_, headers, endpoint, expected) => {
    expect(makeCensor({ headers, endpoint }).quotes).toBe(expected);
  });
});
