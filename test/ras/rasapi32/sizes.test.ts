/** The protocol of sizes: 603 and the size that is needed, 632 and the older versions of a structure. */
import { describe, expect, it } from 'vitest';
import type { RasFunction } from '../../../src/ras/api.ts';
import type { Rasapi32 } from '../../../src/ras/rasapi32/rasapi32.ts';
import { callsOf, soon, useBinding } from '../../support/binding.ts';
import { accept, behave, connection, entry, properties, status } from '../../support/double.ts';
import { isMissing } from '../../support/requirements.ts';

const RASCONNW = 1388;

function connections(count: number) {
  return Array.from({ length: count }, (_, index) => connection({ handle: BigInt(index + 1), entry: `VPN ${index}` }));
}

describe.skipIf(isMissing('gcc', 'stdio.h'))('an enumeration', () => {
  const bench = useBinding();

  it.each([1, 16, 17, 500, 5000])('finds all of %d connections', async (count) => {
    bench.double.play(...connections(count));
    const found = await bench.ras.enumConnections(soon());
    expect(found.map(({ entry: name }) => name)).toEqual(Array.from({ length: count }, (_, index) => `VPN ${index}`));
    // One call, or one that says how many there are and one that fetches them.
    expect(callsOf(bench.double, 'RasEnumConnectionsW')).toHaveLength(count <= 16 ? 1 : 2);
  });

  it('finds all of 500 phone-book entries', async () => {
    bench.double.play(...Array.from({ length: 500 }, (_, index) => entry({ entry: `VPN ${index}` })));
    expect(await bench.ras.enumEntries(soon())).toHaveLength(500);
  });

  it('offers more each time that the array is too small', async () => {
    bench.double.play(...connections(2), behave({ function: 'RasEnumConnectionsW', grow: 4 }));
    expect(await bench.ras.enumConnections(soon())).toHaveLength(2);
    const offered = callsOf(bench.double, 'RasEnumConnectionsW').map((call) => Number(call.arguments.get('cb')));
    expect(offered).toHaveLength(5);
    expect(offered).toEqual(offered.toSorted((a, b) => a - b));
    expect(new Set(offered).size).toBe(5);
  });

  it('goes on when there are more connections at the second call than the first one said', async () => {
    const saidSeventeen = behave({ function: 'RasEnumConnectionsW', count: 1, returns: 603, setCb: 17 * RASCONNW });
    bench.double.play(saidSeventeen, ...connections(300));
    expect(await bench.ras.enumConnections(soon())).toHaveLength(300);
  });

  it.each([0, 1, 0xffff_ffff])('survives 603 with the absurd size %d', async (setCb) => {
    bench.double.play(...connections(40), behave({ function: 'RasEnumConnectionsW', count: 1, returns: 603, setCb }));
    expect(await bench.ras.enumConnections(soon())).toHaveLength(40);
  });

  it('gives up with error 603 where no array is ever large enough, within 32 MB', async () => {
    bench.double.play(behave({ function: 'RasEnumConnectionsW', returns: 603 }));
    await expect(bench.ras.enumConnections(soon())).rejects.toMatchObject({ name: 'CallError', code: 603 });
    const calls = callsOf(bench.double, 'RasEnumConnectionsW');
    expect(calls.length).toBeLessThanOrEqual(12);
    expect(Number(calls.at(-1)?.arguments.get('cb'))).toBeLessThanOrEqual(32 * 1024 * 1024);
  });

  it('asks again when success comes with more elements than there was room for', async () => {
    bench.double.play(...connections(3), behave({ function: 'RasEnumConnectionsW', count: 1, setCount: 20 }));
    expect(await bench.ras.enumConnections(soon())).toHaveLength(3);
    expect(callsOf(bench.double, 'RasEnumConnectionsW')).toHaveLength(2);
  });

  it('finds what was written when the count is beyond reason', async () => {
    bench.double.play(
      ...connections(3),
      entry({ entry: 'Office' }),
      behave({ function: 'RasEnumConnectionsW', setCount: 0xffff_ffff }),
      behave({ function: 'RasEnumEntriesW', setCount: 0xffff_ffff }),
    );
    expect(await bench.ras.enumConnections(soon())).toHaveLength(3);
    expect(await bench.ras.enumEntries(soon())).toHaveLength(1);
  });

  it.each([0, 1, 0xffff_ffff])('does not care for the size %d that comes with success', async (setCb) => {
    bench.double.play(...connections(3), behave({ function: 'RasEnumConnectionsW', setCb }));
    expect(await bench.ras.enumConnections(soon())).toHaveLength(3);
  });

  it('finds nothing when the count is 0, whatever was written', async () => {
    bench.double.play(...connections(3), behave({ function: 'RasEnumConnectionsW', setCount: 0 }));
    expect(await bench.ras.enumConnections(soon())).toEqual([]);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('the properties of an entry', () => {
  const bench = useBinding();
  const office = { entry: 'Office', phonebookPath: '', allUsers: false };

  it.each([100, 2048, 2049, 100_000])('are read with %d bytes of alternate numbers behind them', async (extraBytes) => {
    bench.double.play(properties({ entry: 'Office', server: 'vpn.example.com', extraBytes }));
    expect(await bench.ras.getEntryProperties(office, soon())).toMatchObject({ server: 'vpn.example.com' });
    expect(callsOf(bench.double, 'RasGetEntryPropertiesW')).toHaveLength(extraBytes <= 2048 ? 1 : 2);
  });

  it('are read although Windows asks for less than it was offered', async () => {
    bench.double.play(
      properties({ entry: 'Office', server: 'vpn.example.com', extraBytes: 5000 }),
      behave({ function: 'RasGetEntryPropertiesW', count: 1, returns: 603, setCb: 0 }),
    );
    expect(await bench.ras.getEntryProperties(office, soon())).toMatchObject({ server: 'vpn.example.com' });
  });

  it.each([0, 0xffff_ffff])('end with error 603 where no buffer is ever large enough (size %d)', async (setCb) => {
    bench.double.play(behave({ function: 'RasGetEntryPropertiesW', returns: 603, setCb }));
    await expect(bench.ras.getEntryProperties(office, soon())).rejects.toMatchObject({ name: 'CallError', code: 603 });
    const calls = callsOf(bench.double, 'RasGetEntryPropertiesW');
    expect(calls.length).toBeLessThanOrEqual(10);
    expect(Number(calls.at(-1)?.arguments.get('cb'))).toBeLessThanOrEqual(1024 * 1024);
  });
});

const OFFICE = { entry: 'Office', phonebookPath: 'C:\\a.pbk', allUsers: true };
const ID = '01234567-89ab-cdef-0123-456789abcdef';

/** Every version of every structure: dwSize on 64-bit Windows, and what a record of that version holds. */
const versions: readonly {
  readonly struct: 'RASCONNW' | 'RASCONNSTATUSW' | 'RASENTRYNAMEW' | 'RASENTRYW';
  readonly function: RasFunction;
  readonly size: number;
  readonly sizesBefore: readonly number[];
  readonly read: (ras: Rasapi32) => Promise<unknown>;
  readonly expected: object;
}[] = [
  ...[
    { size: 1372, sizesBefore: [1388], expected: { flags: 5, correlationId: '', entryId: ID, subEntry: 2 } },
    { size: 1360, sizesBefore: [1388, 1372], expected: { flags: 0, correlationId: '', entryId: ID, subEntry: 2 } },
    { size: 1344, sizesBefore: [1388, 1372, 1360], expected: { flags: 0, entryId: '', subEntry: 2 } },
    {
      size: 820,
      sizesBefore: [1388, 1372, 1360, 1344],
      expected: { flags: 0, entryId: '', subEntry: 0, phonebookPath: '', entry: 'Office', deviceName: 'Modem' },
    },
  ].map((version) => ({
    ...version,
    struct: 'RASCONNW' as const,
    function: 'RasEnumConnectionsW' as const,
    read: async (ras: Rasapi32) => (await ras.enumConnections(soon()))[1],
  })),
  ...[
    { size: 564, sizesBefore: [608], expected: { substate: 0, phoneNumber: '5551234', error: 809 } },
    { size: 304, sizesBefore: [608, 564], expected: { substate: 0, phoneNumber: '', error: 809, deviceName: 'Modem' } },
  ].map((version) => ({
    ...version,
    struct: 'RASCONNSTATUSW' as const,
    function: 'RasGetConnectStatusW' as const,
    read: (ras: Rasapi32) => ras.getConnectStatus(2n, soon()),
  })),
  {
    struct: 'RASENTRYNAMEW',
    function: 'RasEnumEntriesW',
    size: 520,
    sizesBefore: [1048],
    read: async (ras) => (await ras.enumEntries(soon()))[1],
    expected: { entry: 'Office', phonebookPath: '', allUsers: false },
  },
  ...[
    { size: 5680, sizesBefore: [6724] },
    { size: 5616, sizesBefore: [6724, 5680] },
  ].map((version) => ({
    ...version,
    struct: 'RASENTRYW' as const,
    function: 'RasGetEntryPropertiesW' as const,
    read: (ras: Rasapi32) => ras.getEntryProperties(OFFICE, soon()),
    // All that the exporter reads stands in each of them.
    expected: { alwaysOn: true, server: 'vpn.example.com', entryId: ID, type: 5, vpnStrategy: 14, encryption: 3 },
  })),
];

const everything = [
  connection({ handle: 1n, entry: 'First' }),
  connection({
    ...OFFICE,
    handle: 2n,
    deviceName: 'Modem',
    entryId: ID,
    subEntry: 2,
    flags: 5,
    correlationId: ID,
  }),
  status({ handle: 2n, state: 0x2001, substate: 2, error: 809, phoneNumber: '5551234', deviceName: 'Modem' }),
  entry({ entry: 'First', phonebookPath: 'C:\\a.pbk' }),
  entry(OFFICE),
  properties({
    entry: 'Office',
    options2: 0x2000_0000,
    server: 'vpn.example.com',
    entryId: ID,
    type: 5,
    vpnStrategy: 14,
    encryption: 3,
  }),
];

describe.skipIf(isMissing('gcc', 'stdio.h')).each(versions)(
  'a Windows that knows $struct with $size bytes at most',
  ({ struct, function: name, size, sizesBefore, read, expected }) => {
    const bench = useBinding();
    const sizes = () => callsOf(bench.double, name).map((call) => Number(call.arguments.get('dwsize')));

    it('is asked for older versions until it understands, and its records are read', async () => {
      bench.double.play(accept(struct, size), ...everything);
      expect(await read(bench.ras)).toMatchObject(expected);
      expect(sizes()).toEqual([...sizesBefore, size]);
    });

    it('is asked for that version from then on', async () => {
      bench.double.play(accept(struct, size), ...everything);
      await read(bench.ras);
      await read(bench.ras);
      expect(sizes()).toEqual([...sizesBefore, size, size]);
      expect(bench.ras.calls.errors).toEqual(new Map());
    });

    it('is understood all the same when it knows the newest version only from now on', async () => {
      bench.double.play(accept(struct, size), ...everything);
      await read(bench.ras);
      const newest = sizesBefore[0] ?? 0;
      bench.double.play(accept(struct, newest), ...everything);
      expect(await read(bench.ras)).toBeDefined();
      expect(sizes().at(-1)).toBe(newest);
      expect(bench.ras.calls.errors).toEqual(new Map());
    });
  },
);

describe.skipIf(isMissing('gcc', 'stdio.h')).each(versions.filter(({ sizesBefore }) => sizesBefore.length === 1))(
  'a Windows that knows no version of $struct',
  ({ struct, function: name, read }) => {
    const bench = useBinding();

    it('answers error 632, and is asked for the newest version the next time', async () => {
      bench.double.play(accept(struct, 9999), ...everything);
      await expect(read(bench.ras)).rejects.toMatchObject({ name: 'CallError', function: name, code: 632 });
      expect(bench.ras.calls.errors).toEqual(new Map([[name, new Map([[632, 1]])]]));
      const before = callsOf(bench.double, name).length;
      bench.double.play(...everything);
      expect(await read(bench.ras)).toBeDefined();
      expect(callsOf(bench.double, name)).toHaveLength(before + 1);
    });
  },
);
