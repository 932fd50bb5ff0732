/** The services and the phone books of a simulated machine. */
import { describe, expect, it } from 'vitest';
import { allCollectors } from '../../../src/collectors/index.ts';
import { Scraper } from '../../../src/collectors/scrape.ts';
import { parseCommandLine } from '../../../src/config/command-line.ts';
import { resolveConfig } from '../../../src/config/config.ts';
import { TEXT } from '../../../src/outputs/prometheus/accept.ts';
import { render } from '../../../src/outputs/prometheus/render.ts';
import { parseScenario } from '../../../src/ras/simulated/parse.ts';
import { createSimulatedWindows } from '../../../src/ras/simulated/windows.ts';
import { parseExposition, seriesOf } from '../../support/exposition.ts';
import { PATIENT } from './support.ts';

function machineOf(yaml: string, flags: readonly string[] = []) {
  const clock = { now: 5000 };
  const windows = createSimulatedWindows({ scenario: parseScenario(yaml, 'test.yaml'), clock: () => clock.now });
  const invocation = parseCommandLine(flags);
  if (invocation.command !== 'run') throw new Error('flags only');
  const scraper = new Scraper(windows, allCollectors(resolveConfig(invocation.flags, {})));
  const scrape = async (timeout = 5000) =>
    parseExposition(await render((await scraper.scrape(timeout)).families, TEXT));
  const at = (seconds: number) => {
    clock.now = 5000 + 1000 * seconds;
  };
  return { windows, scrape, at };
}

const withServices = (...services: readonly string[]) => `
entries:
  - { name: Office, timeline: [{ state: connected }] }
services:
${services.map((service) => `  - { service: RasMan, ${service} }`).join('\n')}
`;
const OFFICE = 'ras_connection_up{entry="Office",phonebook="all_users"}';

describe('the services of a scenario', () => {
  it('run where it says nothing about them', async () => {
    const { windows } = machineOf('entries: []');
    expect(await windows.services.queryState('RasMan', PATIENT)).toBe('running');
  });

  it('are in a state for a time, again and again', async () => {
    const { windows, at } = machineOf(
      withServices(
        'state: start_pending, from: 10s, for: 5s, every: 1m',
        'state: stopped, from: 5s, for: 5s, every: 1m',
      ),
    );
    const states: unknown[] = [];
    for (const seconds of [0, 5, 10, 14, 15, 65, 70, 75]) {
      at(seconds);
      states.push(await windows.services.queryState('RasMan', PATIENT));
    }
    expect(states).toEqual([
      'running',
      'stopped',
      'start_pending',
      'start_pending',
      'running',
      'stopped',
      'start_pending',
      'running',
    ]);
  });

  it('are started by a RAS function, for the rest of the time that they would have been stopped', async () => {
    const { windows, at } = machineOf(withServices('state: stopped, for: 10s, every: 1m'));
    expect(await windows.services.queryState('RasMan', PATIENT)).toBe('stopped');
    await windows.ras.getErrorString(809, PATIENT);
    expect(await windows.services.queryState('RasMan', PATIENT)).toBe('stopped');
    await windows.ras.enumEntries(PATIENT);
    expect(await windows.services.queryState('RasMan', PATIENT)).toBe('running');
    at(60);
    expect(await windows.services.queryState('RasMan', PATIENT)).toBe('stopped');
  });

  it('are not started by any collector, whatever it collects', async () => {
    const { windows, scrape, at } = machineOf(withServices('state: stopped, from: 10s, for: 10s'));
    expect((await scrape()).get(OFFICE)).toBe(1);
    at(10);
    for (let again = 0; again < 3; again += 1) {
      const series = await scrape();
      expect(series.get('ras_up')).toBe(0);
      expect(series.has(OFFICE)).toBe(false);
      expect(series.get('ras_manager_running')).toBe(0);
      expect(new Set(Object.values(seriesOf(series, 'ras_exporter_collector_success')))).toEqual(new Set([1]));
    }
    expect(await windows.services.queryState('RasMan', PATIENT)).toBe('stopped');
    at(20);
    expect((await scrape()).get(OFFICE)).toBe(1);
  });

  it('cannot be asked for their state, by an error, a delay, or for ever', async () => {
    const { windows, at } = machineOf(
      withServices('for: 10s, returns: 5', 'from: 10s, for: 10s, delay: 20ms', 'from: 20s, hang: true'),
    );
    await expect(windows.services.queryState('RasMan', PATIENT)).rejects.toMatchObject({ name: 'CallError', code: 5 });
    at(20);
    const asked = windows.services.queryState('RasMan', AbortSignal.timeout(50));
    await expect(asked).rejects.toMatchObject({ name: 'CallTimeout', function: 'QueryServiceStatusEx' });
    expect(windows.services.hanging).toBe(true);
  });

  it('that hang cost the RAS collectors nothing but a moment', async () => {
    const { scrape } = machineOf(withServices('hang: true'));
    const series = await scrape(600);
    expect(series.get(OFFICE)).toBe(1);
    expect(series.get('ras_exporter_collector_success{collector="manager"}')).toBe(0);
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
  });

  it.each([
    ['service: RasMan', 'services[0]: nothing is different here; add state, returns, delay or hang: true'],
    ['state: stopped', 'services[0]: service is missing'],
    ['service: Spooler, state: stopped', 'services[0].service: there is no service "Spooler"; expected RasMan'],
    ['service: RasMan, state: stoped', 'services[0].state: there is no state "stoped"; did you mean stopped?'],
    ['service: RasMan, hang: true, delay: 1s', 'services[0].hang: a call hangs or is late; leave out hang or delay'],
    ['service: RasMan, state: stopped, every: 1m', 'services[0].every: every needs a for that is not longer'],
  ])('are refused as %s', (text, problem) => {
    expect(() => parseScenario(`entries: []\nservices: [{ ${text} }]`, 'x.yaml')).toThrow(`x.yaml:2: ${problem}`);
  });
});

const ALICE = String.raw`C:\Users\alice\rasphone.pbk`;
const BOB = String.raw`C:\Users\bob\rasphone.pbk`;
const PHONEBOOKS = `
phonebooks:
  alice: { path: '${ALICE}', listed: false }
  bob: { path: '${BOB}', returns: 5 }
entries:
  - { name: Office, strategy: ikev2_only, encryption: require_max }
  - { name: Home, phonebook: alice, always_on: true, strategy: 11, timeline: [{ state: connected, for: 10s }, { state: disconnected, for: 10s }] }
  - { name: Cabin, phonebook: bob, timeline: [{ state: connected }] }
`;

describe('the phone books of a scenario', () => {
  it('are listed by Windows itself, or read by their path only, or not at all', async () => {
    const { ras } = machineOf(PHONEBOOKS).windows;
    const names = async (path?: string) => (await ras.enumEntries(PATIENT, path)).map(({ entry }) => entry);
    expect(await names()).toEqual(['Office']);
    expect(await names(ALICE.toUpperCase())).toEqual(['Home']);
    await expect(names(BOB)).rejects.toMatchObject({ function: 'RasEnumEntriesW', code: 5 });
    await expect(names('C:\\nowhere.pbk')).rejects.toMatchObject({ code: 621 });
  });

  it('of other users are known once one of their connections was seen', async () => {
    const { scrape, at } = machineOf(PHONEBOOKS, ['--collector.phonebook.paths=C:\\nowhere.pbk']);
    const up = await scrape();
    const home = [...up.keys()].find((key) => key.startsWith('ras_connection_expected{entry="Home"')) ?? '';
    expect(up.get(home)).toBe(1);
    expect([...up.keys()].filter((key) => key.startsWith('ras_connection_expected{entry="Cabin"'))).toEqual([]);
    expect([...up.keys()].filter((key) => key.startsWith('ras_entry_info{'))).toEqual([
      expect.stringContaining('entry="Office",phonebook="all_users",entry_type="vpn",vpn_strategy="ikev2_only"'),
      expect.stringContaining('vpn_strategy="11"'),
    ]);
    // A file that was asked for and is not there.
    expect(up.get('ras_exporter_collector_success{collector="phonebook"}')).toBe(0);
    expect(Object.keys(seriesOf(up, 'ras_phonebook_info'))).toHaveLength(3);
    at(10);
    expect((await scrape()).get(home)).toBe(1);
  });

  it.each([
    ['{ listed: false }', 'phonebooks.a: path is missing'],
    [
      '{ path: "C:\\\\a", listed: true, returns: 5 }',
      'phonebooks.a.listed: a phone book that cannot be read is not listed',
    ],
  ])('are refused as %s', (text, problem) => {
    expect(() => parseScenario(`phonebooks: { a: ${text} }\nentries: []`, 'x.yaml')).toThrow(`x.yaml:1: ${problem}`);
  });
});
