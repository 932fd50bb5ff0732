import { beforeEach, describe, expect, it } from 'vitest';
import {
  type CollectContext,
  CollectError,
  type Collector,
  type CollectorLane,
} from '../../src/collectors/collector.ts';
import { connectionsCollector } from '../../src/collectors/connections/connections.ts';
import type { CollectorResult } from '../../src/collectors/run.ts';
import { Scraper, type Snapshot } from '../../src/collectors/scrape.ts';
import { gauge } from '../../src/metrics/metric.ts';
import { TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { parseExposition } from '../support/exposition.ts';
import { connection, entry, FakeRas } from '../support/fake-ras.ts';
import { machine } from '../support/machine.ts';

const answers = Object.fromEntries(
  ['a', 'b', 'partial', 'other', 'late'].map((name) => [name, gauge(`test_${name}`, { help: 'An answer.' })]),
);
const answer = (name: string, value: number) => [answers[name]?.of(value) ?? expect.unreachable(name)];

function collector(
  name: string,
  collect: (context: CollectContext) => Promise<void>,
  lane: CollectorLane = 'rasapi32',
): Collector {
  return { name, lane, metrics: [], enabledByDefault: true, collect };
}

const quick = (name: string, lane?: CollectorLane) =>
  collector(name, async ({ report }) => report(() => answer(name, 42)), lane);

async function seriesOf({ families }: Snapshot) {
  return parseExposition(await render(families, TEXT));
}

let ras: FakeRas;
beforeEach(() => {
  ras = new FakeRas();
});

describe('a scrape', () => {
  it('holds what the collectors report and what they cost', async () => {
    const series = await seriesOf(await new Scraper(machine(ras), [quick('a'), quick('b')]).scrape(1000));
    expect(series.get('test_a')).toBe(42);
    expect(series.get('test_b')).toBe(42);
    expect(series.get('ras_exporter_collector_success{collector="a"}')).toBe(1);
    expect(series.get('ras_exporter_collector_timeout{collector="b"}')).toBe(0);
    expect(series.get('ras_exporter_collector_duration_seconds{collector="a"}')).toBeGreaterThanOrEqual(0);
    expect(series.get('ras_exporter_scrape_duration_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('asks only the collectors that are wanted', async () => {
    const series = await seriesOf(
      await new Scraper(machine(ras), [quick('a'), quick('b')]).scrape(1000, new Set(['b'])),
    );
    expect([...series.keys()].filter((key) => key.includes('"a"'))).toEqual([]);
    expect(series.get('test_b')).toBe(42);
  });

  it('loses nothing of the others when a collector throws, or reports what cannot be rendered', async () => {
    const broken = collector('broken', async () => {
      throw new Error('a bug');
    });
    const twisted = collector('twisted', async ({ report }) =>
      report(() => {
        throw new Error('another bug');
      }),
    );
    const snapshot = await new Scraper(machine(ras), [broken, twisted, quick('b')]).scrape(1000);
    const series = await seriesOf(snapshot);
    expect(series.get('test_b')).toBe(42);
    expect(series.get('ras_exporter_collector_success{collector="broken"}')).toBe(0);
    expect(series.get('ras_exporter_collector_success{collector="twisted"}')).toBe(0);
    expect(snapshot.results.flatMap(({ problems }) => problems.map(({ message }) => message))).toEqual([
      'a bug',
      'another bug',
    ]);
  });

  it('keeps what a collector could read when it says that something is missing', async () => {
    const partial = collector('partial', async ({ report }) => {
      report(() => answer('partial', 1));
      throw new CollectError([new Error('x'), new Error('y')]);
    });
    const series = await seriesOf(await new Scraper(machine(ras), [partial]).scrape(1000));
    expect(series.get('test_partial')).toBe(1);
    expect(series.get('ras_exporter_collector_success{collector="partial"}')).toBe(0);
  });
});

describe('scrapes at the same time', () => {
  it('share one run, and its result', async () => {
    ras.connections = [connection()];
    const scraper = new Scraper(machine(ras), [connectionsCollector()]);
    const [first, second] = await Promise.all([scraper.scrape(1000), scraper.scrape(3000)]);
    expect(ras.calls.calls.get('RasEnumConnectionsW')).toBe(1);
    expect(first?.families[0]).toBe(second?.families[0]);
    await scraper.scrape(1000);
    expect(ras.calls.calls.get('RasEnumConnectionsW')).toBe(2);
  });

  it('wait each for their own deadline only, and the longer one gets the answer that comes after the shorter', async () => {
    ras.connections = [connection()];
    ras.hangs.add('RasGetConnectStatusW');
    const scraper = new Scraper(machine(ras), [connectionsCollector()]);
    const short = scraper.scrape(50);
    const long = scraper.scrape(10_000);
    const early = await seriesOf(await short);
    expect(early.get('ras_up')).toBe(1);
    expect(early.get('ras_exporter_collector_timeout{collector="connections"}')).toBe(1);
    expect(early.has('ras_connection_up{entry="Office VPN",phonebook="all_users"}')).toBe(false);
    ras.release();
    const late = await seriesOf(await long);
    expect(late.get('ras_connection_up{entry="Office VPN",phonebook="all_users"}')).toBe(1);
    expect(late.get('ras_exporter_collector_timeout{collector="connections"}')).toBe(0);
  });
});

describe('scrapes that overlap without end', () => {
  it('do not keep a run going whose call hangs, so that what it says does not grow old', async () => {
    ras.connections = [connection()];
    ras.hangs.add('RasGetConnectStatusW');
    const heard: CollectorResult[] = [];
    const scraper = new Scraper(machine(ras), [connectionsCollector()], (result) => heard.push(result));
    const scrapes: Promise<Snapshot>[] = [];
    for (let scrape = 0; scrape < 10; scrape += 1) {
      scrapes.push(scraper.scrape(800));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await Promise.all(scrapes);
    // One run that was cut off after 800 ms, and those that were refused at once after it.
    expect(heard.length).toBeGreaterThan(2);
    expect(heard[0]?.seconds).toBeLessThan(1.4);
    expect(heard.at(-1)?.families[0]?.samples[0]?.value).toBe(0);
  });

  it('do not suffer from one that has hardly any patience', async () => {
    ras.connections = [connection()];
    ras.hangs.add('RasEnumConnectionsW');
    const scraper = new Scraper(machine(ras), [connectionsCollector()]);
    const hasty = scraper.scrape(1);
    const patient = scraper.scrape(10_000);
    expect((await seriesOf(await hasty)).get('ras_up')).toBe(0);
    ras.release();
    expect((await seriesOf(await patient)).get('ras_up')).toBe(1);
  });
});

describe('a call that does not return', () => {
  it('costs one deadline, and leaves in place what was known by then', async () => {
    const stuck = connection({ entry: 'Stuck' });
    ras.connections = [connection({ entry: 'First' }), stuck, connection({ entry: 'Last' })];
    ras.entries = [entry('Idle')];
    ras.hangs.add(`RasGetConnectStatusW ${stuck.handle}`);
    const scraper = new Scraper(machine(ras), [connectionsCollector(), quick('late'), quick('other', 'wevtapi')]);
    const series = await seriesOf(await scraper.scrape(80));
    expect(series.get('ras_up')).toBe(1);
    expect(series.get('ras_connection_up{entry="First",phonebook="all_users"}')).toBe(1);
    expect(series.has('ras_connection_up{entry="Last",phonebook="all_users"}')).toBe(false);
    expect(series.get('ras_exporter_collector_timeout{collector="connections"}')).toBe(1);
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(0);
    expect(series.get('test_other')).toBe(42);
    // Its calls would have waited for the one that hangs.
    expect(series.get('ras_exporter_collector_timeout{collector="late"}')).toBe(1);
  });

  it('is never waited for twice, and the scrape after its return is whole again', async () => {
    ras.connections = [connection()];
    ras.hangs.add('RasEnumConnectionsW');
    const scraper = new Scraper(machine(ras), [connectionsCollector()]);
    const first = await seriesOf(await scraper.scrape(600));
    expect(first.get('ras_up')).toBe(0);
    for (let scrape = 0; scrape < 100; scrape += 1) {
      // With a deadline of a minute each, this loop ends only when nobody waits for it.
      const series = await seriesOf(await scraper.scrape(60_000));
      expect(series.get('ras_up')).toBe(0);
      expect(series.get('ras_exporter_collector_timeout{collector="connections"}')).toBe(1);
    }
    ras.release();
    const after = await seriesOf(await scraper.scrape(5000));
    expect(after.get('ras_up')).toBe(1);
    expect(after.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
  });

  it('does not lose the errors that were seen before it', async () => {
    const failed = connection({ entry: 'Failed', state: 2, error: 809 });
    ras.connections = [failed, connection({ entry: 'Stuck' })];
    ras.hangs.add(`RasGetConnectStatusW ${ras.connections[1]?.handle}`);
    const series = await seriesOf(await new Scraper(machine(ras), [connectionsCollector()]).scrape(600));
    expect(series.get('ras_connection_failures_total{entry="Failed",phonebook="all_users"}')).toBe(1);
  });
});

describe('the listener', () => {
  it('hears of each run once, however many share it', async () => {
    const heard: CollectorResult[] = [];
    const scraper = new Scraper(machine(ras), [quick('a')], (result) => heard.push(result));
    await Promise.all([scraper.scrape(1000), scraper.scrape(1000), scraper.scrape(1000)]);
    expect(heard.map((result) => result.collector)).toEqual(['a']);
  });
});
