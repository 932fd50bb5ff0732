/** The exporter only looks at RAS: nothing that dials, hangs up, writes or clears can be called, because it is never bound. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectionsCollector } from '../../../src/collectors/connections/connections.ts';
import { Scraper } from '../../../src/collectors/scrape.ts';
import { EVENT_LOG_PROTOTYPES } from '../../../src/logging/eventlog/prototypes.ts';
import { PROTOTYPES } from '../../../src/ras/rasapi32/prototypes.ts';
import { MANAGE_PROTOTYPES } from '../../../src/service/manage/prototypes.ts';
import { RUN_PROTOTYPES } from '../../../src/service/prototypes.ts';
import { soon, useBinding } from '../../support/binding.ts';
import { connection, entry, properties, status } from '../../support/double.ts';
import { machine } from '../../support/machine.ts';
import { isMissing } from '../../support/requirements.ts';

/** All that is ever called in rasapi32.dll; each of them only reads. */
const READING = [
  'RasEnumConnectionsW',
  'RasEnumDevicesW',
  'RasEnumEntriesW',
  'RasGetConnectStatusW',
  'RasGetConnectionStatistics',
  'RasGetEntryPropertiesW',
  'RasGetErrorStringW',
  'RasGetProjectionInfoEx',
];

/** The log of the exporter, when it goes to the event log: these add records to it, and do nothing else. */
const LOGGING = ['DeregisterEventSource', 'RegisterEventSourceW', 'ReportEventW'];

/** The exporter as a service. */
const SERVING = ['RegisterServiceCtrlHandlerExW', 'SetServiceStatus', 'StartServiceCtrlDispatcherW'];

/** `ras_exporter service`, which an administrator starts, and nothing else (test/service/lazy.test.ts). */
const MANAGING = [
  'ChangeServiceConfig2W',
  'CloseServiceHandle',
  'ControlService',
  'CreateServiceW',
  'DeleteService',
  'OpenSCManagerW',
  'OpenServiceW',
  'QueryServiceConfig2W',
  'QueryServiceConfigW',
  'QueryServiceStatusEx',
  'RegCloseKey',
  'RegCreateKeyExW',
  'RegDeleteKeyExW',
  'RegSetValueExW',
  'StartServiceW',
];

const root = resolve(import.meta.dirname, '../../..');

describe('the binding', () => {
  it('knows functions that read, and no other', () => {
    expect(Object.keys(PROTOTYPES).toSorted()).toEqual(READING);
  });
});

describe('the log', () => {
  it('knows functions that add records to the event log, and no other', () => {
    expect(Object.keys(EVENT_LOG_PROTOTYPES).toSorted()).toEqual(LOGGING);
  });
});

describe('a service', () => {
  it('knows functions that tell of itself, and no other', () => {
    expect(Object.keys(RUN_PROTOTYPES).toSorted()).toEqual(SERVING);
  });

  it('is changed by the commands for it, with no other functions than these', () => {
    expect(Object.keys(MANAGE_PROTOTYPES).toSorted()).toEqual(MANAGING);
  });
});

describe('the sources', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(join(root, 'src', name), 'utf8') }));

  it('load koffi in one place', () => {
    const loading = sources.filter(({ text }) => /(import|require)\s*\(\s*['"]koffi|from\s*['"]koffi/.test(text));
    expect(loading.map(({ name }) => name)).toEqual(['ras/dll/koffi.ts']);
  });

  it('declare no function of a DLL but those that are known', () => {
    const declared = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/\.func\(\s*(?:['"]__stdcall['"]\s*,\s*)?(?<what>[^,)]+)/g)].map(
        (match) => `${name}: ${match.groups?.what}`,
      ),
    );
    expect(declared.toSorted()).toEqual([
      "leave.ts: 'TerminateProcess'",
      "leave.ts: '_exit'",
      "ras/dll/last-error.ts: 'GetLastError'",
      // A key of the prototypes.
      'ras/dll/library.ts: name',
      "ras/dll/system-dll.ts: 'GetSystemDirectoryW'",
    ]);
  });

  it('have no prototypes but those that are listed here and beside the other DLLs', () => {
    const libraries = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/new Library(?:<\w+>)?\(\s*(?<prototypes>\w+)/g)].map(
        (match) => `${name}: ${match.groups?.prototypes}`,
      ),
    );
    expect(libraries.toSorted()).toEqual([
      'logging/eventlog/eventlog-sink.ts: EVENT_LOG_PROTOTYPES',
      'ras/advapi32/advapi32.ts: PROTOTYPES',
      'ras/host-id.ts: HOST_ID_PROTOTYPES',
      'ras/rasapi32/rasapi32.ts: PROTOTYPES',
      'ras/wevtapi/wevtapi.ts: PROTOTYPES',
      'service/connection.ts: RUN_PROTOTYPES',
      'service/manage/service-control.ts: MANAGE_PROTOTYPES',
    ]);
  });

  it('use koffi for nothing but loading and declaring, and what the service manager calls back', () => {
    const used = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/\bkoffi\??\.(?<member>\w+)/g)]
        .map((match) => match.groups?.member ?? '')
        .filter((member) => member !== 'ts')
        .map((member) => ({ name, member })),
    );
    const everywhere = used.filter(({ name }) => name !== 'service/connection.ts').map(({ member }) => member);
    expect([...new Set(everywhere)].toSorted()).toEqual(['address', 'errno', 'load']);
    const asService = used.filter(({ name }) => name === 'service/connection.ts').map(({ member }) => member);
    expect([...new Set(asService)].toSorted()).toEqual(['address', 'pointer', 'proto', 'register']);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a machine in whatever state', () => {
  const bench = useBinding();

  it('is asked by functions that read, and by no other', async () => {
    bench.double.play(
      connection({ handle: 1n, entry: 'Up' }),
      connection({ handle: 2n, entry: 'Failed' }),
      connection({ handle: 3n, entry: 'Gone' }),
      status({ handle: 2n, state: 0x2001, error: 809 }),
      status({ handle: 3n, returns: 6 }),
      entry({ entry: 'Up' }),
      entry({ entry: 'Idle' }),
      properties({ entry: 'Idle', options2: 0x2000_0000 }),
    );
    const scraper = new Scraper(machine(bench.ras), [connectionsCollector()]);
    for (let scrape = 0; scrape < 3; scrape += 1) await scraper.scrape(10_000);
    await bench.ras.getConnectionStatistics(1n, soon());
    await bench.ras.getProjectionInfo(1n, soon());
    await bench.ras.enumDevices(soon());
    await bench.ras.getErrorString(809, soon());
    const called = new Set(bench.double.readCalls().map((call) => call.function));
    expect([...called].toSorted()).toEqual(READING);
    expect(bench.ras.bound.toSorted()).toEqual(READING);
    // Neither the device-specific part of an entry nor anything else is asked for.
    const devices = bench.double.readCalls().map((call) => call.arguments.get('device'));
    expect(devices.filter((device) => device !== undefined && device !== '0')).toEqual([]);
  });
});
