import { describe, expect, it } from 'vitest';
import { connectionState, RASCONNSTATE, rasConnStateName } from '../../src/ras/states.ts';

const shown = (state: number, substate = 0, error = 0) => connectionState({ state, substate, error });
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('a connection', () => {
  it.each([...range(0, 4), ...range(15, 18), ...range(20, 24)])('in RASCONNSTATE %d is connecting', (state) => {
    expect(shown(state)).toBe('connecting');
  });

  it.each([...range(5, 14), 19])('in RASCONNSTATE %d is authenticating', (state) => {
    expect(shown(state)).toBe('authenticating');
  });

  it.each([0x1000, 0x1001, 0x1002, 0x1003, 0x1004, 0x1fff])('in RASCONNSTATE %d is waiting', (state) => {
    expect(shown(state)).toBe('waiting');
  });

  it.each([
    [0, 'connected'],
    [1, 'dormant'],
    [2, 'reconnecting'],
    [0x2000, 'connected'],
    [77, 'connected'],
  ] as const)('that is connected, with RASCONNSUBSTATE %d, is %s', (substate, state) => {
    expect(shown(0x2000, substate)).toBe(state);
  });

  it('that Windows calls disconnected has failed when it has an error, and is disconnected when it has none', () => {
    expect(shown(0x2001, 0, 809)).toBe('failed');
    expect(shown(0x2001)).toBe('disconnected');
  });

  it.each([2, 5, 0x1000, 999])('in RASCONNSTATE %d with an error has failed', (state) => {
    expect(shown(state, 0, 691)).toBe('failed');
  });

  it('that is connected stays connected whatever its error says', () => {
    expect(shown(0x2000, 0, 691)).toBe('connected');
  });

  it.each([25, 999, 0x2002, 0xffffffff])('in the unknown RASCONNSTATE %d is connecting', (state) => {
    expect(shown(state)).toBe('connecting');
  });
});

describe('the names of RASCONNSTATE', () => {
  it('are those of ras.h, also the three that its documentation leaves out', () => {
    expect(RASCONNSTATE.RASCS_StartAuthentication).toBe(19);
    expect(RASCONNSTATE.RASCS_CallbackComplete).toBe(20);
    expect(RASCONNSTATE.RASCS_LogonNetwork).toBe(21);
    expect(Object.keys(RASCONNSTATE)).toHaveLength(32);
    expect(rasConnStateName(0x2001)).toBe('RASCS_Disconnected');
    expect(rasConnStateName(24)).toBe('RASCS_ApplySettings');
    expect(rasConnStateName(25)).toBeUndefined();
  });
});
