import { beforeEach, describe, expect, it } from 'vitest';
import type { EntryFilter } from '../../../src/collectors/entry-filter.ts';
import { Phonebooks } from '../../../src/collectors/phonebooks.ts';
import { Scraper } from '../../../src/collectors/scrape.ts';
import { statisticsCollector } from '../../../src/collectors/statistics/statistics.ts';
import { TEXT } from '../../../src/outputs/prometheus/accept.ts';
import { render } from '../../../src/outputs/prometheus/render.ts';
import { parseExposition, seriesOf } from '../../support/exposition.ts';
import { connection, entry, type FakeConnection, FakeRas } from '../../support/fake-ras.ts';
import { machine } from '../../support/machine.ts';
import { statisticsRecord } from '../../support/statistics.ts';

let ras: FakeRas;
let scraper: Scraper;
const clock = { monotonic: 0, wall: 0 };

function use(filter: EntryFilter = {}): void {
  ras = new FakeRas();
  clock.monotonic = 1000;
  clock.wall = 1_700_000_000_000;
  const clocks = { monotonic: () => clock.monotonic, wall: () => clock.wall };
  scraper = new Scraper(machine(ras), [statisticsCollector(filter, new Phonebooks(), clocks)]);
}

/** Scrapes a minute later. */
async function scrape(timeout = 5000) {
  clock.monotonic += 60_000;
  clock.wall += 60_000;
  const snapshot = await scraper.scrape(timeout);
  const series = parseExposition(await render(snapshot.families, TEXT));
  return { series, messages: snapshot.results.flatMap(({ problems }) => problems.map(({ message }) => message)) };
}

const metric = async (name: string) => seriesOf((await scrape()).series, `ras_connection_${name}`);
const success = (series: ReadonlyMap<string, number>) =>
  series.get('ras_exporter_collector_success{collector="statistics"}');

function say(held: FakeConnection, part: Parameters<typeof statisticsRecord>[0]): void {
  ras.statistics.set(held.handle, statisticsRecord(part));
}

const OFFICE = '{entry="Office VPN",phonebook="all_users"}';
const IDLE = '{entry="Idle",phonebook="all_users"}';
const GAUGES = [
  'speed_bytes_per_second',
  'established_timestamp_seconds',
  'receive_compression',
  'transmit_compression',
] as const;

beforeEach(() => use());

describe('a connection that is up', () => {
  let office: FakeConnection;
  beforeEach(() => {
    office = connection();
    ras.connections = [office];
    ras.entries = [entry('Office VPN'), entry('Idle')];
    say(office, {
      bytesReceived: 5000,
      bytesTransmitted: 700,
      framesReceived: 5,
      framesTransmitted: 2,
      crcErrors: 1,
      timeoutErrors: 2,
      alignmentErrors: 3,
      hardwareOverrunErrors: 4,
      framingErrors: 5,
      bufferOverrunErrors: 6,
      compressionIn: 40,
      compressionOut: 60,
      bitsPerSecond: 1_000_000_000,
      connectDuration: 90_000,
    });
  });

  it('shows what it counted', async () => {
    const { series } = await scrape();
    expect(seriesOf(series, 'ras_connection_received_bytes_total')).toEqual({ [OFFICE]: 5000, [IDLE]: 0 });
    expect(seriesOf(series, 'ras_connection_transmitted_bytes_total')).toEqual({ [OFFICE]: 700, [IDLE]: 0 });
    expect(seriesOf(series, 'ras_connection_received_frames_total')).toEqual({ [OFFICE]: 5, [IDLE]: 0 });
    expect(seriesOf(series, 'ras_connection_transmitted_frames_total')).toEqual({ [OFFICE]: 2, [IDLE]: 0 });
    const errors = Object.entries(seriesOf(series, 'ras_connection_receive_errors_total'));
    const kind = (name: string) => `{entry="Office VPN",phonebook="all_users",kind="${name}"}`;
    expect(Object.fromEntries(errors.filter(([labels]) => labels.includes('Office')))).toEqual({
      [kind('crc')]: 1,
      [kind('timeout')]: 2,
      [kind('alignment')]: 3,
      [kind('hardware_overrun')]: 4,
      [kind('framing')]: 5,
      [kind('buffer_overrun')]: 6,
    });
    expect(errors).toHaveLength(12);
    expect(success(series)).toBe(1);
  });

  it('shows its speed, its compression, and since when it is up', async () => {
    const { series } = await scrape();
    const gauges = GAUGES.map((name) => seriesOf(series, `ras_connection_${name}`));
    expect(gauges).toEqual([
      { [OFFICE]: 125_000_000 },
      { [OFFICE]: 1_699_999_970 },
      { [OFFICE]: 40 },
      { [OFFICE]: 60 },
    ]);
  });

  it('keeps the time since when it is up, also when the system clock is set', async () => {
    const first = await metric('established_timestamp_seconds');
    say(office, { connectDuration: 150_070 });
    clock.wall += 3_600_000;
    expect(await metric('established_timestamp_seconds')).toEqual(first);
  });

  it('keeps its counters when it ends, and loses the rest', async () => {
    await scrape();
    ras.connections = [];
    const { series } = await scrape();
    expect(series.get(`ras_connection_received_bytes_total${OFFICE}`)).toBe(5000);
    for (const name of GAUGES) expect(seriesOf(series, `ras_connection_${name}`)).toEqual({});
  });

  it('counts on with the next connection, which has another id', async () => {
    await scrape();
    ras.connections = [];
    await scrape();
    const next = connection();
    ras.connections = [next];
    say(next, { bytesReceived: 3000, connectDuration: 10_000 });
    expect(await metric('received_bytes_total')).toMatchObject({ [OFFICE]: 8000 });
    expect(await metric('established_timestamp_seconds')).toEqual({ [OFFICE]: 1_700_000_170 });
  });

  it('is not counted again when its correlation id vanishes and returns', async () => {
    await scrape();
    for (const correlationId of ['', office.correlationId, '']) {
      ras.connections = [{ ...office, correlationId }];
      expect(await metric('received_bytes_total')).toMatchObject({ [OFFICE]: 5000 });
    }
  });

  it('counts on over an error, a scrape without the phone book and a scrape without an answer', async () => {
    await scrape();
    ras.returns.set('RasGetConnectionStatistics', 8);
    expect((await scrape()).series.get(`ras_connection_received_bytes_total${OFFICE}`)).toBe(5000);
    ras.returns.clear();
    ras.returns.set('RasEnumConnectionsW', 1722);
    expect((await scrape()).series.get(`ras_connection_received_bytes_total${OFFICE}`)).toBe(5000);
    ras.returns.clear();
    ras.returns.set('RasEnumEntriesW', 621);
    say(office, { bytesReceived: 6000, framesReceived: 6, connectDuration: 330_000 });
    expect((await scrape()).series.get(`ras_connection_received_bytes_total${OFFICE}`)).toBe(6000);
  });

  it.each([
    [0, 0, 'while it is being dialled'],
    [0x2001, 809, 'after it has failed'],
  ])('is not asked in state %d, error %d, %s', async (state, error) => {
    ras.connections = [connection({ ...office, state, error })];
    const { series } = await scrape();
    expect(series.get(`ras_connection_received_bytes_total${OFFICE}`)).toBe(0);
    expect(ras.calls.calls.get('RasGetConnectionStatistics')).toBe(0);
    expect(success(series)).toBe(1);
  });

  it('is asked also where its state is not known', async () => {
    ras.returns.set(`RasGetConnectStatusW ${office.handle}`, 8);
    expect(await metric('received_bytes_total')).toMatchObject({ [OFFICE]: 5000 });
  });

  it('that ends while it is asked has its counters, and that is no error', async () => {
    await scrape();
    ras.statistics.clear();
    const { series, messages } = await scrape();
    expect(series.get(`ras_connection_received_bytes_total${OFFICE}`)).toBe(5000);
    expect(seriesOf(series, 'ras_connection_speed_bytes_per_second')).toEqual({});
    expect([success(series), messages]).toEqual([1, []]);
  });
});

describe('several connections', () => {
  it('with one identity add up: bytes and speed; the oldest says since when; nobody knows one compression', async () => {
    const links = [connection({ subEntry: 1 }), connection({ subEntry: 2 })];
    ras.connections = links;
    for (const [index, link] of links.entries()) {
      say(link, { bytesReceived: 1000 * (index + 1), bitsPerSecond: 64_000, connectDuration: 30_000 * (index + 1) });
    }
    const { series } = await scrape();
    expect(seriesOf(series, 'ras_connection_received_bytes_total')).toEqual({ [OFFICE]: 3000 });
    expect(seriesOf(series, 'ras_connection_speed_bytes_per_second')).toEqual({ [OFFICE]: 16_000 });
    expect(seriesOf(series, 'ras_connection_established_timestamp_seconds')).toEqual({ [OFFICE]: 1_700_000_000 });
    expect(seriesOf(series, 'ras_connection_receive_compression')).toEqual({});
  });

  it('with one handle are asked once', async () => {
    const office = connection();
    ras.connections = [office, { ...office, subEntry: 2 }];
    say(office, { bytesReceived: 1000 });
    expect(await metric('received_bytes_total')).toEqual({ [OFFICE]: 1000 });
    expect(ras.calls.calls.get('RasGetConnectionStatistics')).toBe(1);
  });

  it('go on when one of them cannot be read', async () => {
    const [bad, good] = [connection({ entry: 'Bad' }), connection({ entry: 'Good' })];
    ras.connections = [bad, good];
    ras.returns.set(`RasGetConnectionStatistics ${bad.handle}`, 8);
    say(good, { bytesReceived: 1000 });
    const { series, messages } = await scrape();
    expect(Object.values(seriesOf(series, 'ras_connection_received_bytes_total'))).toEqual([0, 1000]);
    expect(success(series)).toBe(0);
    expect(messages).toEqual(['RasGetConnectionStatistics returned 8 ERROR_NOT_ENOUGH_MEMORY']);
  });

  it('are shown as far as they were read when a call does not return', async () => {
    const [first, second] = [connection({ entry: 'First' }), connection({ entry: 'Second' })];
    ras.connections = [first, second];
    say(first, { bytesReceived: 1000 });
    ras.hangs.add(`RasGetConnectionStatistics ${second.handle}`);
    const { series } = await scrape(600);
    expect(Object.values(seriesOf(series, 'ras_connection_received_bytes_total'))).toEqual([1000, 0]);
    expect(series.get('ras_exporter_collector_timeout{collector="statistics"}')).toBe(1);
    ras.release();
  });
});

describe('the filter', () => {
  it('leaves out whose entry does not match', async () => {
    use({ exclude: /^(?:Idle)$/ });
    ras.entries = [entry('Office VPN'), entry('Idle')];
    expect(await metric('received_bytes_total')).toEqual({ [OFFICE]: 0 });
  });
});

describe('a machine without anything', () => {
  it('shows nothing, successfully', async () => {
    const { series } = await scrape();
    expect(seriesOf(series, 'ras_connection_received_bytes_total')).toEqual({});
    expect(success(series)).toBe(1);
  });

  it('that does not enumerate says so once', async () => {
    ras.returns.set('RasEnumConnectionsW', 711);
    const { series, messages } = await scrape();
    expect(success(series)).toBe(0);
    expect(messages).toHaveLength(1);
  });
});
