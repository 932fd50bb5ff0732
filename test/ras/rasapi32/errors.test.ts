/** Return values of the functions, success that is none, and the ledger of calls. */
import { describe, expect, it } from 'vitest';
import type { RasFunction } from '../../../src/ras/api.ts';
import type { Rasapi32 } from '../../../src/ras/rasapi32/rasapi32.ts';
import { soon, useBinding } from '../../support/binding.ts';
import { accept, behave, connection, entry, errorString, properties, status } from '../../support/double.ts';
import { device, ikev2Projection, statistics } from '../../support/double-connected.ts';
import { isMissing } from '../../support/requirements.ts';

const OFFICE = { entry: 'Office', phonebookPath: '', allUsers: false };

/** Each function of the DLL, and what asks for it. */
const functions: readonly (readonly [RasFunction, (ras: Rasapi32) => Promise<unknown>])[] = [
  ['RasEnumConnectionsW', (ras) => ras.enumConnections(soon())],
  ['RasGetConnectStatusW', (ras) => ras.getConnectStatus(1n, soon())],
  ['RasEnumEntriesW', (ras) => ras.enumEntries(soon())],
  ['RasGetEntryPropertiesW', (ras) => ras.getEntryProperties(OFFICE, soon())],
  ['RasGetConnectionStatistics', (ras) => ras.getConnectionStatistics(1n, soon())],
  ['RasGetProjectionInfoEx', (ras) => ras.getProjectionInfo(1n, soon())],
  ['RasEnumDevicesW', (ras) => ras.enumDevices(soon())],
  ['RasGetErrorStringW', (ras) => ras.getErrorString(809, soon())],
];

const office = [
  connection({ handle: 1n, entry: 'Office' }),
  entry({ entry: 'Office' }),
  properties({ entry: 'Office', server: 'vpn.example.com' }),
  ikev2Projection({ handle: 1n }),
  device({ deviceType: 'vpn', deviceName: 'WAN Miniport (SSTP)' }),
];

describe.skipIf(isMissing('gcc', 'stdio.h')).each(functions)('%s', (name, ask) => {
  const bench = useBinding();

  it.each([
    [711, '711 ERROR_RASMAN_CANNOT_INITIALIZE'],
    [5, '5 ERROR_ACCESS_DENIED'],
    [1722, '1722 RPC_S_SERVER_UNAVAILABLE'],
    [8, '8 ERROR_NOT_ENOUGH_MEMORY'],
    [0x8007_0057, '0x80070057 HRESULT_FROM_WIN32(ERROR_INVALID_PARAMETER)'],
    [0xffff_ffff, '0xFFFFFFFF unknown'],
  ])('that returns %d rejects with the code and its name', async (returns, text) => {
    bench.double.play(...office, behave({ function: name, returns }));
    const error: unknown = await ask(bench.ras).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'CallError', function: name, code: returns });
    expect(String(error)).toContain(`${name} returned ${text}`);
    expect(bench.ras.calls.errors).toEqual(new Map([[name, new Map([[returns, 1]])]]));
  });

  it('answers again when the trouble is over', async () => {
    bench.double.play(...office, behave({ function: name, returns: 1722 }));
    await expect(ask(bench.ras)).rejects.toThrow('1722');
    bench.double.play(...office);
    expect(await ask(bench.ras)).toBeDefined();
    expect(bench.ras.calls.calls.get(name)).toBe(2);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a function that reports success', () => {
  const bench = useBinding();

  it.each([
    'RasGetConnectStatusW',
    'RasGetEntryPropertiesW',
    'RasGetConnectionStatistics',
    'RasGetProjectionInfoEx',
  ] as const)('and writes nothing gave no answer: %s', async (name) => {
    bench.double.play(...office, behave({ function: name, writesNothing: true }));
    const ask = functions.find(([asked]) => asked === name)?.[1];
    await expect(ask?.(bench.ras)).rejects.toMatchObject({ name: 'BadAnswer', function: name });
  });

  it('and writes a kind of projection that nobody knows gave no answer', async () => {
    bench.double.play(...office, ikev2Projection({ handle: 2n, type: 3 }));
    await expect(bench.ras.getProjectionInfo(2n, soon())).rejects.toMatchObject({
      name: 'BadAnswer',
      message: 'RasGetProjectionInfoEx reported success and an unknown type of projection, 3',
    });
  });

  it('and writes nothing has nothing to enumerate', async () => {
    bench.double.play(
      ...office,
      behave({ function: 'RasEnumConnectionsW', writesNothing: true }),
      behave({ function: 'RasEnumEntriesW', writesNothing: true }),
      behave({ function: 'RasEnumDevicesW', writesNothing: true }),
    );
    expect(await bench.ras.enumConnections(soon())).toEqual([]);
    expect(await bench.ras.enumEntries(soon())).toEqual([]);
    expect(await bench.ras.enumDevices(soon())).toEqual([]);
  });

  it('and writes no text leaves the name of the error', async () => {
    bench.double.play(behave({ function: 'RasGetErrorStringW', writesNothing: true }));
    expect(await bench.ras.getErrorString(809, soon())).toBe('ERROR_VPN_TIMEOUT');
  });

  it('and counts elements that it never wrote shows none of them', async () => {
    bench.double.play(behave({ function: 'RasEnumConnectionsW', writesNothing: true, setCount: 5 }));
    expect(await bench.ras.enumConnections(soon())).toEqual([]);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a code that belongs to the protocol', () => {
  const bench = useBinding();

  it('6 for a status means that the connection ended meanwhile', async () => {
    bench.double.play(connection({ handle: 1n, entry: 'Office' }));
    expect(await bench.ras.getConnectStatus(2n, soon())).toBeUndefined();
  });

  it('6 from any other function is an error', async () => {
    bench.double.play(behave({ function: 'RasEnumConnectionsW', returns: 6 }));
    await expect(bench.ras.enumConnections(soon())).rejects.toMatchObject({ code: 6 });
  });

  it('668 for a status is an error: only 6 says that there is no such connection', async () => {
    bench.double.play(status({ handle: 1n, returns: 668 }));
    await expect(bench.ras.getConnectStatus(1n, soon())).rejects.toMatchObject({ code: 668 });
  });

  it.each([6, 668])('%d for statistics and projection means that the connection ended meanwhile', async (returns) => {
    bench.double.play(statistics({ handle: 1n, returns }), ikev2Projection({ handle: 1n, returns }));
    expect(await bench.ras.getConnectionStatistics(1n, soon())).toBeUndefined();
    expect(await bench.ras.getProjectionInfo(1n, soon())).toBeUndefined();
    expect(bench.ras.calls.errors).toEqual(new Map());
  });

  it.each([730, 731])('%d for a projection means that there is none yet', async (returns) => {
    bench.double.play(ikev2Projection({ handle: 1n, returns }), statistics({ handle: 1n, returns }));
    expect(await bench.ras.getProjectionInfo(1n, soon())).toBeUndefined();
    expect(bench.ras.calls.errors).toEqual(new Map());
    await expect(bench.ras.getConnectionStatistics(1n, soon())).rejects.toMatchObject({ code: returns });
  });

  it('0x80070057 for statistics is an error: nothing else says that their size is wrong', async () => {
    bench.double.play(connection({ handle: 1n, entry: 'Office' }), accept('RAS_STATS', 64));
    await expect(bench.ras.getConnectionStatistics(1n, soon())).rejects.toMatchObject({ code: 0x8007_0057 });
  });

  it('623 for the properties is an error: there is no such entry', async () => {
    bench.double.play(entry({ entry: 'Another' }));
    await expect(bench.ras.getEntryProperties(OFFICE, soon())).rejects.toMatchObject({
      name: 'CallError',
      function: 'RasGetEntryPropertiesW',
      code: 623,
    });
  });

  it('87 for a text is an error: Windows has none', async () => {
    bench.double.play(errorString({ code: 809, returns: 87 }));
    await expect(bench.ras.getErrorString(809, soon())).rejects.toMatchObject({ code: 87 });
    await expect(bench.ras.getErrorString(5, soon())).rejects.toMatchObject({ code: 87 });
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('the ledger of calls', () => {
  const bench = useBinding();
  const ledger = () => Object.fromEntries([...bench.ras.calls.calls].filter(([, calls]) => calls > 0));

  it('starts at 0 for every function', () => {
    expect([...bench.ras.calls.calls]).toEqual(functions.map(([name]) => [name, 0]));
    expect(bench.ras.calls.errors.size).toBe(0);
  });

  it('counts every call that the DLL saw, and none of the answers that belong to the protocol as an error', async () => {
    bench.double.play(
      ...Array.from({ length: 20 }, (_, index) => connection({ handle: BigInt(index + 1), entry: `VPN ${index}` })),
      properties({ entry: 'Office', extraBytes: 5000 }),
    );
    await bench.ras.enumConnections(soon());
    await bench.ras.getConnectStatus(999n, soon());
    await bench.ras.getEntryProperties(OFFICE, soon());
    expect(ledger()).toEqual({ RasEnumConnectionsW: 2, RasGetConnectStatusW: 1, RasGetEntryPropertiesW: 2 });
    expect(bench.double.readCalls().map((call) => call.returned)).toEqual([603, 0, 6, 603, 0]);
    expect(bench.ras.calls.errors).toEqual(new Map());
  });

  it('counts 603 as an error when it is the last word', async () => {
    bench.double.play(behave({ function: 'RasEnumConnectionsW', returns: 603 }));
    await expect(bench.ras.enumConnections(soon())).rejects.toThrow('603');
    expect(ledger()).toEqual({ RasEnumConnectionsW: bench.double.readCalls().length });
    expect(bench.ras.calls.errors).toEqual(new Map([['RasEnumConnectionsW', new Map([[603, 1]])]]));
  });

  it('keeps the error of a connection (dwError) out of it', async () => {
    bench.double.play(status({ handle: 1n, state: 0x2001, error: 809 }));
    expect(await bench.ras.getConnectStatus(1n, soon())).toMatchObject({ error: 809 });
    expect(bench.ras.calls.errors).toEqual(new Map());
  });

  it('counts a call that was given up when it returns, and the calls that led to it', async () => {
    bench.double.play(
      behave({ function: 'RasEnumConnectionsW', count: 1, returns: 603 }),
      behave({ function: 'RasEnumConnectionsW', hang: true }),
    );
    const asked = bench.ras.enumConnections(AbortSignal.timeout(300));
    await expect(asked).rejects.toMatchObject({ name: 'CallTimeout' });
    expect(ledger()).toEqual({ RasEnumConnectionsW: 1 });
    bench.double.play(behave({ function: 'RasEnumConnectionsW', returns: 711 }));
    await expect.poll(() => bench.ras.hanging).toBe(false);
    expect(ledger()).toEqual({ RasEnumConnectionsW: 2 });
  });
});
