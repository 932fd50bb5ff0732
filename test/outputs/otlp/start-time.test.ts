/** Since when the counters that are pushed have counted: what came before the process is theirs only with an earlier start. */
import { describe, expect, it } from 'vitest';
import type { Collector } from '../../../src/collectors/collector.ts';
import { eventsCollector } from '../../../src/collectors/events/events.ts';
import { Phonebooks } from '../../../src/collectors/phonebooks.ts';
import { Scraper } from '../../../src/collectors/scrape.ts';
import { statisticsCollector } from '../../../src/collectors/statistics/statistics.ts';
import { toMetricData } from '../../../src/outputs/otlp/metric-data.ts';
import { coId, FakeEventLog, fields } from '../../support/fake-event-log.ts';
import { connection, entry, FakeRas } from '../../support/fake-ras.ts';
import { machine } from '../../support/machine.ts';
import { statisticsRecord } from '../../support/statistics.ts';

/** Long before this process. */
const THEN = 1_700_000_000_000;
const HOUR = 3_600_000;
const PROCESS = Math.floor(performance.timeOrigin);

/** The start of every series of a metric in milliseconds, by the entry; without one by the first label. */
async function starts(scraper: Scraper, name: string): Promise<Record<string, number>> {
  const { families } = await scraper.scrape(5000);
  const data = toMetricData(families, Date.now()).find(({ descriptor }) => descriptor.name === name);
  const points = data?.dataPoints ?? [];
  const ofTime = ([seconds, nanoseconds]: readonly [number, number]) => seconds * 1000 + Math.floor(nanoseconds / 1e6);
  return Object.fromEntries(
    points.map(({ attributes, startTime }) => [
      String(attributes.entry ?? Object.values(attributes)[0]),
      ofTime(startTime),
    ]),
  );
}

const scraperOf = (ras: FakeRas, eventLog: FakeEventLog, collector: Collector) =>
  new Scraper(machine(ras, { eventLog }), [collector]);

describe('the traffic of an entry', () => {
  it('counts since its first connection was established, and never since later than the process', async () => {
    const ras = new FakeRas();
    const office = connection();
    ras.connections = [office];
    ras.entries = [entry('Office VPN'), entry('Idle')];
    ras.statistics.set(office.handle, statisticsRecord({ connectDuration: HOUR, bytesReceived: 40_000_000 }));
    const clocks = { monotonic: () => 0, wall: () => THEN };
    const scraper = scraperOf(ras, new FakeEventLog(), statisticsCollector({}, new Phonebooks(), clocks));
    const expected = { 'Office VPN': THEN - HOUR, Idle: PROCESS };
    expect(await starts(scraper, 'ras.connection.received')).toEqual(expected);
    expect(await starts(scraper, 'ras.connection.transmitted_frames')).toEqual(expected);
    expect(await starts(scraper, 'ras.connection.receive_errors')).toEqual(expected);

    // A connection that comes later reaches back no further.
    const next = connection({ handle: office.handle + 1n, correlationId: 'next' });
    ras.connections = [next];
    ras.statistics.set(next.handle, statisticsRecord({ connectDuration: 1000, bytesReceived: 1 }));
    expect(await starts(scraper, 'ras.connection.received')).toEqual(expected);
  });
});

describe('dials', () => {
  const METRICS = [
    'ras.dial.attempts',
    'ras.dial.failures',
    'ras.dial.duration',
    'ras.disconnects',
    'ras.events.skipped',
  ];

  const readSince = (since: number, wall: number) => {
    const log = new FakeEventLog();
    log.write(20221, fields.started(coId(1), 'Office VPN'), wall);
    log.write(20225, fields.connected(coId(1), 'Office VPN'), wall + 1000);
    log.write(20227, fields.failed(coId(2), 'Office VPN', '809'), wall + 2000);
    return scraperOf(
      new FakeRas(),
      log,
      eventsCollector(since, {}, undefined, () => wall),
    );
  };

  it.each(METRICS)('of the day before are counted since then (%s)', async (name) => {
    const all = Object.values(await starts(readSince(24 * HOUR, THEN), name));
    expect(all.length).toBeGreaterThan(0);
    expect(new Set(all)).toEqual(new Set([THEN - 24 * HOUR]));
  });

  it.each(METRICS)('are counted since the process began where counting begins after it (%s)', async (name) => {
    const all = Object.values(await starts(readSince(0, Date.now()), name));
    expect(new Set(all)).toEqual(new Set([PROCESS]));
  });
});
