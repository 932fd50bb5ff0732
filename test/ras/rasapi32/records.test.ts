/** What the binding makes of the structures that Windows fills in, field by field. */
import { describe, expect, it } from 'vitest';
import { callsOf, soon, useBinding } from '../../support/binding.ts';
import { connection, entry, errorString, properties, status } from '../../support/double.ts';
import { isMissing } from '../../support/requirements.ts';

const ALWAYS_ON = 0x2000_0000;
const PHONEBOOK = 'C:\\ProgramData\\Microsoft\\Network\\Connections\\Pbk\\rasphone.pbk';

describe.skipIf(isMissing('gcc', 'stdio.h'))('the binding', () => {
  const bench = useBinding();

  it('reads every field of a connection', async () => {
    bench.double.play(
      connection({
        handle: 0xfedc_ba98_7654_3210n,
        entry: 'Büro 東京 🛰',
        deviceType: 'vpn',
        deviceName: 'WAN Miniport (IKEv2)',
        phonebookPath: PHONEBOOK,
        subEntry: 3,
        entryId: '01234567-89ab-cdef-0123-456789abcdef',
        flags: 0x8000_000d,
        correlationId: '00000001-0002-0003-0004-000000000005',
      }),
      connection({ handle: 2n, entry: '.+49301234567' }),
    );
    expect(await bench.ras.enumConnections(soon())).toEqual([
      {
        handle: 0xfedc_ba98_7654_3210n,
        entry: 'Büro 東京 🛰',
        deviceType: 'vpn',
        deviceName: 'WAN Miniport (IKEv2)',
        phonebookPath: PHONEBOOK,
        subEntry: 3,
        entryId: '01234567-89ab-cdef-0123-456789abcdef',
        flags: 0x8000_000d,
        correlationId: '00000001-0002-0003-0004-000000000005',
      },
      {
        handle: 2n,
        entry: '.+49301234567',
        deviceType: '',
        deviceName: '',
        phonebookPath: '',
        subEntry: 1,
        entryId: '',
        flags: 0,
        correlationId: '',
      },
    ]);
  });

  it('reads every field of a status', async () => {
    bench.double.play(
      status({
        handle: 0xfedc_ba98_7654_3210n,
        state: 0x2001,
        substate: 0x2000,
        error: 0x800b_0109,
        deviceType: 'vpn',
        deviceName: 'WAN Miniport (SSTP)',
        phoneNumber: 'vpn.exämple.com',
      }),
    );
    expect(await bench.ras.getConnectStatus(0xfedc_ba98_7654_3210n, soon())).toEqual({
      state: 0x2001,
      substate: 0x2000,
      error: 0x800b_0109,
      deviceType: 'vpn',
      deviceName: 'WAN Miniport (SSTP)',
      phoneNumber: 'vpn.exämple.com',
    });
  });

  it('reads the entries of every phone book, and the properties of an entry from the phone book that it stands in', async () => {
    const [mine, ours] = [
      { entry: 'Büro', phonebookPath: 'C:\\Users\\älice\\rasphone.pbk', allUsers: false },
      { entry: 'Büro', phonebookPath: PHONEBOOK, allUsers: true },
    ] as const;
    bench.double.play(
      entry(mine),
      entry(ours),
      properties({ ...mine, server: 'mine.example.com' }),
      properties({
        ...ours,
        options2: ALWAYS_ON | 1,
        server: 'ours.example.com',
        deviceType: 'vpn',
        deviceName: 'WAN Miniport (L2TP)',
        entryId: 'fedcba98-7654-3210-fedc-ba9876543210',
      }),
    );
    expect(await bench.ras.enumEntries(soon())).toEqual([mine, ours]);
    expect(await bench.ras.getEntryProperties(mine, soon())).toEqual({
      alwaysOn: false,
      server: 'mine.example.com',
      deviceType: '',
      deviceName: '',
      entryId: '',
      type: 2,
      vpnStrategy: 0,
      encryption: 0,
    });
    expect(await bench.ras.getEntryProperties(ours, soon())).toEqual({
      alwaysOn: true,
      server: 'ours.example.com',
      deviceType: 'vpn',
      deviceName: 'WAN Miniport (L2TP)',
      entryId: 'fedcba98-7654-3210-fedc-ba9876543210',
      type: 2,
      vpnStrategy: 0,
      encryption: 0,
    });
  });

  it('reads a string that has no terminator up to the end of its field', async () => {
    bench.double.play(
      connection({ handle: 1n, entry: 'e'.repeat(300), deviceType: 't'.repeat(300), phonebookPath: 'p'.repeat(300) }),
      status({ handle: 1n, phoneNumber: 'n'.repeat(300), deviceName: 'd'.repeat(300) }),
    );
    expect(await bench.ras.enumConnections(soon())).toMatchObject([
      {
        entry: 'e'.repeat(257),
        deviceType: 't'.repeat(17),
        deviceName: '',
        phonebookPath: 'p'.repeat(260),
        subEntry: 1,
      },
    ]);
    expect(await bench.ras.getConnectStatus(1n, soon())).toMatchObject({
      phoneNumber: 'n'.repeat(129),
      deviceName: 'd'.repeat(129),
      state: 0x2000,
    });
  });

  it('reads a string up to its terminator, whatever stands behind', async () => {
    bench.double.play(connection({ handle: 1n, entry: 'Office\0left over' }));
    expect(await bench.ras.enumConnections(soon())).toMatchObject([{ entry: 'Office' }]);
  });

  it('keeps lone surrogates, and asks for the entry by the very name that Windows gave', async () => {
    const odd = { entry: 'a\ud800b\udfff', phonebookPath: 'C:\\\udc00.pbk', allUsers: false };
    bench.double.play(entry(odd), properties({ ...odd, server: 'odd.example.com' }));
    expect(await bench.ras.enumEntries(soon())).toEqual([odd]);
    expect(await bench.ras.getEntryProperties(odd, soon())).toMatchObject({ server: 'odd.example.com' });
    const [asked] = callsOf(bench.double, 'RasGetEntryPropertiesW');
    expect(asked?.arguments.get('entry')).toBe(odd.entry);
    expect(asked?.arguments.get('phonebook')).toBe(odd.phonebookPath);
  });

  it('asks the default phone books for the entries, and for an entry without a phone book', async () => {
    bench.double.play(entry({ entry: 'Office' }), properties({ entry: 'Office', server: 'x' }));
    const [found] = await bench.ras.enumEntries(soon());
    expect(found).toEqual({ entry: 'Office', phonebookPath: '', allUsers: false });
    await bench.ras.getEntryProperties({ entry: 'Office', phonebookPath: '', allUsers: false }, soon());
    const asked = bench.double.readCalls().map((call) => call.arguments.get('phonebook'));
    expect(asked).toEqual(['null', 'null']);
  });

  it('has no connection where Windows has none', async () => {
    bench.double.play();
    expect(await bench.ras.enumConnections(soon())).toEqual([]);
    expect(await bench.ras.enumEntries(soon())).toEqual([]);
  });

  it('reads a connection whose every field is empty', async () => {
    bench.double.play(connection({ handle: 1n, entry: '' }));
    expect(await bench.ras.enumConnections(soon())).toMatchObject([{ handle: 1n, entry: '', deviceName: '' }]);
  });

  it('leaves out what nobody wrote: a connection without a handle, an entry without a name', async () => {
    bench.double.play(
      connection({ handle: 0n, entry: 'nobody' }),
      connection({ handle: 1n, entry: 'somebody' }),
      entry({ entry: '', phonebookPath: PHONEBOOK }),
    );
    expect(await bench.ras.enumConnections(soon())).toMatchObject([{ entry: 'somebody' }]);
    expect(await bench.ras.enumEntries(soon())).toEqual([]);
  });

  it('gives the text of an error as Windows writes it, without the line end', async () => {
    bench.double.play(errorString({ code: 809, text: 'Zeitüberschreitung 時間\r\n' }));
    expect(await bench.ras.getErrorString(809, soon())).toBe('Zeitüberschreitung 時間');
  });

  it('gives the name of an error that Windows has an empty text for', async () => {
    bench.double.play(errorString({ code: 809, text: '' }));
    expect(await bench.ras.getErrorString(809, soon())).toBe('ERROR_VPN_TIMEOUT');
  });

  it('gives a text that has no terminator', async () => {
    bench.double.play(errorString({ code: 809, text: 'x'.repeat(511) }));
    expect(await bench.ras.getErrorString(809, soon())).toBe('x'.repeat(511));
  });
});
