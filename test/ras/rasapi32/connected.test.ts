/** What the binding makes of statistics, projections and devices: every field, and the protocol of sizes. */
import { describe, expect, it } from 'vitest';
import { callsOf, soon, useBinding } from '../../support/binding.ts';
import { accept, behave, connection } from '../../support/double.ts';
import { device, ikev2Projection, pppProjection, statistics } from '../../support/double-connected.ts';
import { isMissing } from '../../support/requirements.ts';

const HANDLE = 0xfedc_ba98_7654_3210n;

describe.skipIf(isMissing('gcc', 'stdio.h'))('the statistics of a connection', () => {
  const bench = useBinding();

  it('are read field by field, unsigned', async () => {
    const said = {
      bytesTransmitted: 0xffff_fffe,
      bytesReceived: 2,
      framesTransmitted: 3,
      framesReceived: 4,
      crcErrors: 5,
      timeoutErrors: 6,
      alignmentErrors: 7,
      hardwareOverrunErrors: 8,
      framingErrors: 9,
      bufferOverrunErrors: 10,
      compressionIn: 11,
      compressionOut: 12,
      bitsPerSecond: 4_000_000_000,
      connectDuration: 0xffff_ffff,
    };
    bench.double.play(statistics({ handle: HANDLE, ...said }));
    expect(await bench.ras.getConnectionStatistics(HANDLE, soon())).toEqual(said);
    const [call] = callsOf(bench.double, 'RasGetConnectionStatistics');
    expect(call?.arguments.get('dwsize')).toBe('60');
  });

  it('of a connection that is gone are none', async () => {
    bench.double.play(connection({ handle: 1n, entry: 'Office' }));
    expect(await bench.ras.getConnectionStatistics(2n, soon())).toBeUndefined();
  });

  it('that are all zero are an answer', async () => {
    bench.double.play(connection({ handle: 1n, entry: 'Office' }));
    expect(await bench.ras.getConnectionStatistics(1n, soon())).toMatchObject({ bytesReceived: 0, connectDuration: 0 });
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('the projection of a connection', () => {
  const bench = useBinding();

  it('that speaks IKEv2 is read field by field', async () => {
    bench.double.play(
      ikev2Projection({
        handle: HANDLE,
        ipv4Error: 0,
        ipv4Address: '0a000002',
        ipv4ServerAddress: 'c0a80101',
        ipv6Error: 731,
        ipv6Address: '20010db8000000000000000000000001',
        ipv6ServerAddress: 'fe80000000000000000000000000abcd',
        authenticationProtocol: 2,
        eapType: 26,
        flags: 5,
        encryptionMethod: 5,
      }),
    );
    expect(await bench.ras.getProjectionInfo(HANDLE, soon())).toEqual({
      framing: 'ikev2',
      ipv4Error: 0,
      ipv4Address: '10.0.0.2',
      ipv4ServerAddress: '192.168.1.1',
      ipv6Error: 731,
      ipv6Address: '2001:db8::1',
      ipv6ServerAddress: 'fe80::abcd',
      authenticationProtocol: 2,
      eapType: 26,
      flags: 5,
      encryptionMethod: 5,
    });
    const [call] = callsOf(bench.double, 'RasGetProjectionInfoEx');
    expect(call?.arguments.get('version')).toBe('4');
  });

  it('that speaks PPP is read field by field, dwCcpError too', async () => {
    bench.double.play(
      pppProjection({
        handle: HANDLE,
        ipv4Error: 733,
        ipv6Error: 0,
        ipv6Address: '0200000000000001',
        ipv6ServerAddress: 'fffffffffffffffe',
        authenticationProtocol: 0xc223,
        authenticationData: 0x81,
        eapType: 13,
        lcpOptions: 0x403,
        ccpError: 732,
        ccpOptions: 0x40,
      }),
    );
    expect(await bench.ras.getProjectionInfo(HANDLE, soon())).toEqual({
      framing: 'ppp',
      ipv4Error: 733,
      ipv4Address: '',
      ipv4ServerAddress: '',
      ipv6Error: 0,
      ipv6Address: 'fe80::200:0:0:1',
      ipv6ServerAddress: 'fe80::ffff:ffff:ffff:fffe',
      authenticationProtocol: 0xc223,
      authenticationData: 0x81,
      eapType: 13,
      lcpOptions: 0x403,
      ccpError: 732,
      ccpOptions: 0x40,
    });
  });

  it.each([0, 1, 100])('is read with %d addresses of the server behind it', async (serverAddresses) => {
    bench.double.play(ikev2Projection({ handle: 1n, serverAddresses, encryptionMethod: 3 }));
    expect(await bench.ras.getProjectionInfo(1n, soon())).toMatchObject({ encryptionMethod: 3 });
    expect(callsOf(bench.double, 'RasGetProjectionInfoEx')).toHaveLength(1);
  });

  it('is read where the addresses need more room than was offered', async () => {
    bench.double.play(ikev2Projection({ handle: 1n, serverAddresses: 5000, encryptionMethod: 3 }));
    expect(await bench.ras.getProjectionInfo(1n, soon())).toMatchObject({ encryptionMethod: 3 });
    const offered = callsOf(bench.double, 'RasGetProjectionInfoEx').map((call) => call.arguments.get('cb'));
    expect(offered).toEqual(['620', '20108']);
    expect(bench.ras.calls.errors).toEqual(new Map());
  });

  it.each([0, 0xffff_ffff])('ends with error 603 where no buffer is ever large enough (size %d)', async (setCb) => {
    bench.double.play(behave({ function: 'RasGetProjectionInfoEx', returns: 603, setCb }));
    await expect(bench.ras.getProjectionInfo(1n, soon())).rejects.toMatchObject({ name: 'CallError', code: 603 });
    const calls = callsOf(bench.double, 'RasGetProjectionInfoEx');
    expect(calls.length).toBeLessThanOrEqual(10);
    expect(Number(calls.at(-1)?.arguments.get('cb'))).toBeLessThanOrEqual(1024 * 1024);
  });

  it('is none before the connection has negotiated anything', async () => {
    bench.double.play(connection({ handle: 1n, entry: 'Office' }));
    expect(await bench.ras.getProjectionInfo(1n, soon())).toBeUndefined();
    expect(callsOf(bench.double, 'RasGetProjectionInfoEx').map((call) => call.returned)).toEqual([730]);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('the devices', () => {
  const bench = useBinding();

  it('are read, as Windows spells them', async () => {
    const devices = [
      { deviceType: 'vpn', deviceName: 'WAN Miniport (IKEv2)' },
      { deviceType: 'PPPoE', deviceName: 'WAN Miniport (PPPOE)' },
      { deviceType: 'modem', deviceName: 'Môdem 東京' },
    ];
    bench.double.play(...devices.map(device));
    expect(await bench.ras.enumDevices(soon())).toEqual(devices);
  });

  it.each([0, 1, 16, 17, 300])('are %d', async (count) => {
    bench.double.play(
      ...Array.from({ length: count }, (_, index) => device({ deviceType: 'vpn', deviceName: `Port ${index}` })),
    );
    expect(await bench.ras.enumDevices(soon())).toHaveLength(count);
  });

  it('that nobody wrote are none', async () => {
    bench.double.play(
      device({ deviceType: 'vpn', deviceName: 'One' }),
      behave({ function: 'RasEnumDevicesW', setCount: 9 }),
    );
    expect(await bench.ras.enumDevices(soon())).toEqual([{ deviceType: 'vpn', deviceName: 'One' }]);
  });

  it('of another version of the structure are an error', async () => {
    bench.double.play(accept('RASDEVINFOW', 300), device({ deviceType: 'vpn', deviceName: 'One' }));
    await expect(bench.ras.enumDevices(soon())).rejects.toMatchObject({ name: 'CallError', code: 632 });
  });
});
