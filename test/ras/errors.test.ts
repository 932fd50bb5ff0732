import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_TABLE } from '../../src/ras/error-table.ts';
import { boundedCode, describeError, errorText, MAX_UNKNOWN_CODES, OTHER_CODE } from '../../src/ras/errors.ts';

describe('the table of errors', () => {
  it('holds 696 codes, each once, all unsigned 32-bit', () => {
    const codes = ERROR_TABLE.map(([code]) => code);
    expect(new Set(codes).size).toBe(696);
    for (const code of codes) expect(code >>> 0).toBe(code);
  });

  it('holds every RAS code from 600 to 878 and every router code from 900 to 956, where only 947 is unused', () => {
    const codes = new Set(ERROR_TABLE.map(([code]) => code));
    for (let code = 600; code <= 878; code += 1) expect(codes, String(code)).toContain(code);
    for (let code = 900; code <= 956; code += 1) expect(codes.has(code), String(code)).toBe(code !== 947);
  });

  it.each([
    [5, '5', 'ERROR_ACCESS_DENIED', 'policy'],
    [691, '691', 'ERROR_AUTHENTICATION_FAILURE', 'authentication'],
    [711, '711', 'ERROR_RASMAN_CANNOT_INITIALIZE', 'resource'],
    [789, '789', 'ERROR_OAKLEY_GENERAL_PROCESSING', 'protocol-negotiation'],
    [809, '809', 'ERROR_VPN_TIMEOUT', 'network'],
    [812, '812', 'ERROR_SERVER_POLICY', 'policy'],
    [878, '878', 'ERROR_WINHTTP_AUTO_PROXY_SERVICE', 'configuration'],
    [1722, '1722', 'RPC_S_SERVER_UNAVAILABLE', 'resource'],
    [13801, '13801', 'ERROR_IPSEC_IKE_AUTH_FAIL', 'authentication'],
    [13806, '13806', 'ERROR_IPSEC_IKE_NO_CERT', 'certificate'],
    [13868, '13868', 'ERROR_IPSEC_IKE_POLICY_MATCH', 'policy'],
    [0x800b0109, '0x800B0109', 'CERT_E_UNTRUSTEDROOT', 'certificate'],
    [0x80072746, '0x80072746', 'HRESULT_FROM_WIN32(WSAECONNRESET)', 'network'],
  ])('describes %d', (code, shown, name, category) => {
    expect(describeError(code)).toMatchObject({ code: shown, name, category });
  });

  it('keeps the number of a code that it does not know', () => {
    expect(describeError(4711)).toEqual({ code: '4711', name: 'unknown', category: 'unknown', note: '' });
    expect(describeError(0xdeadbeef)).toMatchObject({ code: '0xDEADBEEF', name: 'unknown' });
  });

  it('says in one line what an error is', () => {
    expect(errorText(632)).toBe('632 ERROR_INVALID_SIZE (dwSize value is not one the OS knows)');
    expect(errorText(4711)).toBe('4711 unknown');
  });
});

describe('counting codes', () => {
  it('keeps every known code apart, and bounds how many unknown ones it keeps apart', () => {
    const known = new Set(ERROR_TABLE.map(([code]) => code));
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0xffffffff }), { maxLength: 300 }), (codes) => {
        const counted = new Map<number, number>();
        for (const code of codes) {
          const key = boundedCode(code, counted);
          if (known.has(code)) expect(key).toBe(code);
          counted.set(key, (counted.get(key) ?? 0) + 1);
        }
        const unknown = [...counted.keys()].filter((code) => code !== OTHER_CODE && !known.has(code));
        expect(unknown.length).toBeLessThanOrEqual(MAX_UNKNOWN_CODES);
        expect([...counted.values()].reduce((sum, count) => sum + count, 0)).toBe(codes.length);
      }),
    );
  });
});
