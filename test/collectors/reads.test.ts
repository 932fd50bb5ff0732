/** What the collectors of one scrape read together: once, and never so that a stopped service would be started. */
import { beforeEach, describe, expect, it } from 'vitest';
import { connectionsCollector } from '../../src/collectors/connections/connections.ts';
import { devicesCollector } from '../../src/collectors/devices.ts';
import { managerCollector } from '../../src/collectors/manager.ts';
import { phonebookCollector } from '../../src/collectors/phonebook.ts';
import { Phonebooks } from '../../src/collectors/phonebooks.ts';
import { ScrapeReads } from '../../src/collectors/reads.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { CallError, FunctionMissing } from '../../src/ras/call-errors.ts';
import { soon } from '../support/binding.ts';
import { parseExposition } from '../support/exposition.ts';
import { connection, entry, FakeRas } from '../support/fake-ras.ts';
import { FakeServices } from '../support/fake-services.ts';
import { machine } from '../support/machine.ts';

let ras: FakeRas;
let services: FakeServices;
beforeEach(() => {
  ras = new FakeRas();
  ras.connections = [connection({ entry: 'Office' })];
  ras.entries = [entry('Office'), entry('Idle')];
  ras.devices = [{ deviceType: 'vpn', deviceName: 'WAN Miniport (IKEv2)' }];
  services = new FakeServices();
});

const windows = () => machine(ras, { services });
const callsMade = () => [...ras.calls.calls.values()].reduce((sum, calls) => sum + calls, 0);

function makeScraper(): Scraper {
  const phonebooks = new Phonebooks();
  const collectors = [
    connectionsCollector({}, phonebooks),
    phonebookCollector({}, phonebooks),
    devicesCollector(),
    managerCollector(),
  ];
  return new Scraper(windows(), collectors);
}

async function scrape(scraper: Scraper, timeout = 5000) {
  const { families, results } = await scraper.scrape(timeout);
  return { series: parseExposition(await render(families, TEXT)), results };
}

const success = (collector: string) => `ras_exporter_collector_success{collector="${collector}"}`;
const RAS_COLLECTORS = ['connections', 'phonebook', 'devices'];

describe('the collectors of a scrape', () => {
  it('read together what several of them need', async () => {
    const { series } = await scrape(makeScraper());
    expect(Object.fromEntries(ras.calls.calls)).toMatchObject({
      RasEnumConnectionsW: 1,
      RasGetConnectStatusW: 1,
      RasEnumEntriesW: 1,
      RasGetEntryPropertiesW: 2,
      RasEnumDevicesW: 1,
    });
    expect(services.calls).toBe(1);
    for (const name of [...RAS_COLLECTORS, 'manager']) expect(series.get(success(name))).toBe(1);
  });

  it('read anew in the next scrape', async () => {
    const scraper = makeScraper();
    await scrape(scraper);
    services.answer = 'stopped';
    const { series } = await scrape(scraper);
    expect(series.get('ras_manager_running')).toBe(0);
    expect(services.calls).toBe(2);
  });

  it('fail alone where they read alone', async () => {
    ras.returns.set('RasEnumDevicesW', 8);
    const { series } = await scrape(makeScraper());
    expect(series.get(success('devices'))).toBe(0);
    for (const name of ['connections', 'phonebook', 'manager']) expect(series.get(success(name))).toBe(1);
  });

  it('fail together where they read together, with one call', async () => {
    ras.returns.set('RasEnumConnectionsW', 8);
    const { series } = await scrape(makeScraper());
    expect(series.get(success('connections'))).toBe(0);
    expect(series.get(success('phonebook'))).toBe(0);
    expect(series.get(success('devices'))).toBe(1);
    expect(ras.calls.calls.get('RasEnumConnectionsW')).toBe(1);
    expect(series.get('ras_phonebook_entries{phonebook="all_users"}')).toBe(2);
  });

  it('do not keep a deadline that is another’s: who has more time asks again', async () => {
    const reads = new ScrapeReads(windows());
    ras.hangs.add('RasEnumConnectionsW');
    await expect(reads.enumConnections(AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'CallTimeout' });
    ras.release();
    expect(await reads.enumConnections(soon())).toHaveLength(1);
  });
});

describe('while RasMan', () => {
  it.each(['stopped', 'start_pending', 'stop_pending'] as const)(
    'is %s, no RAS function is called, and no collector fails',
    async (state) => {
      services.answer = state;
      const { series, results } = await scrape(makeScraper());
      expect(callsMade()).toBe(0);
      expect(series.get('ras_up')).toBe(0);
      expect(series.get('ras_manager_running')).toBe(0);
      expect(series.get(`ras_manager_state{state="${state}"}`)).toBe(1);
      expect([...series.keys()].filter((key) => key.startsWith('ras_connection_'))).toEqual([]);
      for (const name of [...RAS_COLLECTORS, 'manager']) expect(series.get(success(name))).toBe(1);
      expect(results.map(({ stopped }) => stopped)).toEqual(['RasMan', 'RasMan', 'RasMan', undefined]);
    },
  );

  it.each(['running', 'paused', 'pause_pending', 'continue_pending', 'absent'] as const)(
    'is %s, everything is asked',
    async (state) => {
      services.answer = state;
      const { series } = await scrape(makeScraper());
      expect(series.get('ras_up')).toBe(1);
      expect(series.get('ras_manager_running')).toBe(state === 'running' ? 1 : 0);
      expect(series.get(`ras_manager_state{state="${state}"}`)).toBe(1);
    },
  );

  it('comes and goes, connections do, too, and error counters keep their counts', async () => {
    ras.connections = [connection({ entry: 'Office', state: 0x2001, error: 809 })];
    const scraper = makeScraper();
    const failures = 'ras_connection_failures_total{entry="Office",phonebook="all_users"}';
    expect((await scrape(scraper)).series.get(failures)).toBe(1);
    services.answer = 'stopped';
    expect((await scrape(scraper)).series.has(failures)).toBe(false);
    services.answer = 'running';
    const { series } = await scrape(scraper);
    expect(series.get('ras_up')).toBe(1);
    expect(series.get(failures)).toBe(1);
  });
});

describe('a service control manager', () => {
  it.each([
    ['answers with an error', new CallError('OpenSCManagerW', 5)],
    ['is missing', new FunctionMissing('OpenSCManagerW', 'OpenSCManagerW cannot be used')],
  ])('that %s costs collector manager only', async (_what, error) => {
    services.answer = error;
    const { series } = await scrape(makeScraper());
    expect(series.get('ras_up')).toBe(1);
    expect(series.has('ras_manager_running')).toBe(false);
    expect(series.get(success('manager'))).toBe(0);
    for (const name of RAS_COLLECTORS) expect(series.get(success(name))).toBe(1);
  });

  it('that does not answer costs the others a quarter of a second once, and nothing later', async () => {
    services.answer = 'hangs';
    const scraper = makeScraper();
    const { series } = await scrape(scraper, 800);
    expect(series.get('ras_up')).toBe(1);
    const seconds = series.get('ras_exporter_collector_duration_seconds{collector="connections"}');
    expect(seconds).toBeGreaterThan(0.2);
    expect(seconds).toBeLessThan(0.7);
    expect(series.get('ras_exporter_collector_timeout{collector="manager"}')).toBe(1);
    for (let again = 0; again < 20; again += 1) {
      // With a minute each, this loop ends only when nobody waits for it.
      const later = await scrape(scraper, 60_000);
      expect(later.series.get('ras_up')).toBe(1);
      expect(later.series.get('ras_exporter_collector_duration_seconds{collector="connections"}')).toBeLessThan(0.2);
      expect(later.series.get(success('manager'))).toBe(0);
    }
    expect(services.calls).toBe(1);
    services.release();
    const after = await scrape(scraper);
    expect(after.series.get('ras_manager_running')).toBe(1);
  });

  it('that does not answer is let go of after a quarter of a second where only RAS collectors ask', async () => {
    services.answer = 'hangs';
    const scraper = new Scraper(windows(), [connectionsCollector()]);
    for (const least of [0.2, 0, 0]) {
      const { series } = await scrape(scraper, 60_000);
      expect(series.get('ras_up')).toBe(1);
      const seconds = series.get('ras_exporter_collector_duration_seconds{collector="connections"}');
      expect(seconds).toBeGreaterThanOrEqual(least);
      if (least === 0) expect(seconds).toBeLessThan(0.2);
    }
    expect(services.calls).toBe(1);
  });

  it('that answers after a second is heard by collector manager', async () => {
    services.answer = 'hangs';
    const scraping = scrape(makeScraper());
    await new Promise((resolve) => setTimeout(resolve, 600));
    services.release();
    const { series } = await scraping;
    expect(series.get('ras_up')).toBe(1);
    expect(series.get('ras_manager_running')).toBe(1);
    expect(series.get(success('manager'))).toBe(1);
  });
});
