/** A Windows without rasapi32.dll, or with one that lacks a function. */
import { describe, expect, it } from 'vitest';
import { RAS_FUNCTIONS, type RasFunction } from '../../../src/ras/api.ts';
import { openRasapi32, type Rasapi32 } from '../../../src/ras/rasapi32/rasapi32.ts';
import { soon, useBinding } from '../../support/binding.ts';
import { connection, entry } from '../../support/double.ts';
import { isMissing } from '../../support/requirements.ts';

const OFFICE = { entry: 'Office', phonebookPath: '', allUsers: false };

/** Asks for everything; which functions were missing, by the request that needed them. */
async function missingIn(ras: Rasapi32): Promise<Record<string, RasFunction>> {
  const requests: Readonly<Record<string, () => Promise<unknown>>> = {
    connections: () => ras.enumConnections(soon()),
    status: () => ras.getConnectStatus(1n, soon()),
    entries: () => ras.enumEntries(soon()),
    properties: () => ras.getEntryProperties(OFFICE, soon()),
    statistics: () => ras.getConnectionStatistics(1n, soon()),
    projection: () => ras.getProjectionInfo(1n, soon()),
    devices: () => ras.enumDevices(soon()),
    text: () => ras.getErrorString(809, soon()),
  };
  const missing: Record<string, RasFunction> = {};
  for (const [request, ask] of Object.entries(requests)) {
    try {
      await ask();
    } catch (error) {
      expect(error).toMatchObject({ name: 'FunctionMissing' });
      if (error instanceof Error && 'function' in error) {
        const name = RAS_FUNCTIONS.find((known) => known === error.function);
        if (name !== undefined) missing[request] = name;
      }
    }
  }
  return missing;
}

describe.skipIf(isMissing('gcc', 'stdio.h')).each([
  ['RasEnumConnectionsW', 'connections'],
  ['RasGetConnectStatusW', 'status'],
  ['RasEnumEntriesW', 'entries'],
  ['RasGetEntryPropertiesW', 'properties'],
  ['RasGetConnectionStatistics', 'statistics'],
  ['RasGetProjectionInfoEx', 'projection'],
  ['RasEnumDevicesW', 'devices'],
  ['RasGetErrorStringW', 'text'],
] as const)('a DLL without %s', (name, request) => {
  const bench = useBinding([name]);

  it('fails what needs it, naming it, and nothing else', async () => {
    bench.double.play(connection({ handle: 1n, entry: 'Office' }), entry({ entry: 'Office' }));
    expect(await missingIn(bench.ras)).toEqual({ [request]: name });
    expect(bench.ras.calls.calls.get(name)).toBe(0);
    expect(bench.ras.bound).toEqual(RAS_FUNCTIONS.filter((other) => other !== name));
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('the binding', () => {
  const bench = useBinding();

  it('loads the DLL without calling into it', async () => {
    bench.double.play(connection({ handle: 1n, entry: 'Office' }));
    await bench.ras.load();
    expect(bench.double.readCalls()).toEqual([]);
    expect(bench.ras.bound).toEqual(['RasEnumConnectionsW']);
  });

  it('binds a function when it is first called', async () => {
    expect(bench.ras.bound).toEqual([]);
    await bench.ras.enumEntries(soon());
    await bench.ras.enumEntries(soon());
    expect(bench.ras.bound).toEqual(['RasEnumEntriesW']);
  });
});

describe('a machine without the DLL', () => {
  it('fails every request with the name of the function, and the reason', async () => {
    const ras = openRasapi32({ path: '/nowhere/rasapi32.dll' });
    await expect(ras.load()).rejects.toMatchObject({ name: 'FunctionMissing', function: 'RasEnumConnectionsW' });
    await expect(ras.load()).rejects.toThrow('/nowhere/rasapi32.dll');
    expect(await missingIn(ras)).toEqual({
      connections: 'RasEnumConnectionsW',
      status: 'RasGetConnectStatusW',
      entries: 'RasEnumEntriesW',
      properties: 'RasGetEntryPropertiesW',
      statistics: 'RasGetConnectionStatistics',
      projection: 'RasGetProjectionInfoEx',
      devices: 'RasEnumDevicesW',
      text: 'RasGetErrorStringW',
    });
    expect(ras.bound).toEqual([]);
    expect(ras.hanging).toBe(false);
  });

  it('that is no Windows says so when no path is given', async () => {
    await expect(openRasapi32().load()).rejects.toThrow('rasapi32.dll is a part of Windows');
  });
});
