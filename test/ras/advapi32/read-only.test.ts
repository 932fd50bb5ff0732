/** The collectors only look at services: this binding has nothing that starts, stops or configures one. */
import { describe, expect, it } from 'vitest';
import { PROTOTYPES, SC_MANAGER_CONNECT, SERVICE_QUERY_STATUS } from '../../../src/ras/advapi32/prototypes.ts';
import { soon } from '../../support/binding.ts';
import { useServices } from '../../support/binding-services.ts';
import { service } from '../../support/double-services.ts';
import { isMissing } from '../../support/requirements.ts';

/** All that is ever called in advapi32.dll. */
const LOOKING = ['CloseServiceHandle', 'OpenSCManagerW', 'OpenServiceW', 'QueryServiceStatusEx'];

describe('the binding of advapi32.dll', () => {
  it('knows functions that look, and no other', () => {
    expect(Object.keys(PROTOTYPES).toSorted()).toEqual(LOOKING);
  });

  it('asks for the least rights that there are', () => {
    expect([SC_MANAGER_CONNECT, SERVICE_QUERY_STATUS]).toEqual([0x1, 0x4]);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a service in whatever state', () => {
  const bench = useServices();

  it('is asked about by these functions only, with these rights only', async () => {
    for (const state of [1, 2, 3, 4, 7]) {
      bench.double.play(service({ name: 'RasMan', state }));
      await bench.services.queryState('RasMan', soon());
      await bench.services.queryState('Absent', soon());
    }
    const calls = bench.double.readCalls();
    expect([...new Set(calls.map((call) => call.function))].toSorted()).toEqual(LOOKING);
    expect(bench.services.bound.toSorted()).toEqual(LOOKING);
    const rights = (name: string) =>
      new Set(calls.filter((call) => call.function === name).map((call) => call.arguments.get('access')));
    expect(rights('OpenSCManagerW')).toEqual(new Set(['0x1']));
    expect(rights('OpenServiceW')).toEqual(new Set(['0x4']));
  });
});
