import { beforeEach, describe, expect, it } from 'vitest';
import { connectionsCollector } from '../../src/collectors/connections/connections.ts';
import { type EventsOptions, eventsCollector } from '../../src/collectors/events/events.ts';
import { Phonebooks } from '../../src/collectors/phonebooks.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { parseExposition, seriesOf } from '../support/exposition.ts';
import { coId, FakeEventLog, fields } from '../support/fake-event-log.ts';
import { entry, FakeRas } from '../support/fake-ras.ts';
import { machine } from '../support/machine.ts';

/** When the exporter of these tests starts. */
const START = 1_700_000_000_000;
const SECOND = 1000;

let ras: FakeRas;
let log: FakeEventLog;
let scraper: Scraper;

function use(options: EventsOptions = {}): void {
  ras = new FakeRas();
  log = new FakeEventLog();
  scraper = new Scraper(machine(ras, { eventLog: log }), [eventsCollector(options, undefined, () => START)]);
}

async function scrape() {
  const { families, results } = await scraper.scrape(5000);
  const text = await render(families, TEXT);
  return { series: parseExposition(text), text, problems: results.flatMap(({ problems }) => problems) };
}

async function metric(name: string): Promise<Record<string, number>> {
  return seriesOf((await scrape()).series, name);
}

/** Only what is not 0. */
async function counted(name: string): Promise<Record<string, number>> {
  return Object.fromEntries(Object.entries(await metric(name)).filter(([, value]) => value !== 0));
}

/** Writes records as a dial of `Office VPN` leaves them, a second apart. */
function dial(id: string, steps: readonly ('started' | 'linking' | 'linked' | 'established' | 'connected')[]): void {
  const ids = { started: 20221, linking: 20222, linked: 20223, established: 20224, connected: 20225 };
  for (const [index, step] of steps.entries())
    log.write(ids[step], fields[step](id, 'Office VPN'), START + index * SECOND);
}

const fail = (id: string, error: string, time = START) =>
  log.write(20227, fields.failed(id, 'Office VPN', error), time);
const end = (id: string, reason: string, time = START) =>
  log.write(20226, fields.ended(id, 'Office VPN', reason), time);
const OFFICE = '{entry="Office VPN"}';
const failure = (labels: string) => `{entry="Office VPN",${labels}}`;
const TIMEOUT = 'error_code="809",error="ERROR_VPN_TIMEOUT",category="network"';

beforeEach(() => use());

describe('a dial that is in the event log', () => {
  it('is an attempt, a connection with its duration, and a disconnection with its reason', async () => {
    dial(coId(1), ['started', 'linking', 'linked', 'established', 'connected']);
    end(coId(1), '631', START + 60_500);
    const { series } = await scrape();
    expect(series.get(`ras_dial_attempts_total${OFFICE}`)).toBe(1);
    expect(series.get(`ras_dial_connected_total${OFFICE}`)).toBe(1);
    expect(series.get(`ras_dial_failed_total${OFFICE}`)).toBe(0);
    expect(
      series.get('ras_disconnects_total{entry="Office VPN",reason_code="631",reason="ERROR_USER_DISCONNECTION"}'),
    ).toBe(1);
    expect(series.get(`ras_last_attempt_timestamp_seconds${OFFICE}`)).toBe(1_700_000_000);
    expect(series.get(`ras_last_connected_timestamp_seconds${OFFICE}`)).toBe(1_700_000_004);
    expect(series.get(`ras_last_disconnected_timestamp_seconds${OFFICE}`)).toBe(1_700_000_060.5);
    expect(seriesOf(series, 'ras_last_failure_timestamp_seconds')).toEqual({});
    expect(seriesOf(series, 'ras_dial_duration_seconds_sum')).toEqual({ [OFFICE]: 4 });
    const buckets = Object.entries(seriesOf(series, 'ras_dial_duration_seconds_bucket'));
    expect(buckets.map(([labels, value]) => [/le="(.*)"/.exec(labels)?.[1], value])).toEqual([
      ['0.5', 0],
      ['1.0', 0],
      ['2.0', 0],
      ['5.0', 1],
      ['10.0', 1],
      ['20.0', 1],
      ['30.0', 1],
      ['60.0', 1],
      ['120.0', 1],
      ['+Inf', 1],
    ]);
  });

  it.each([
    ['dial', ['started']],
    ['link', ['started', 'linking']],
    ['authentication', ['started', 'linking', 'linked']],
    ['authentication', ['started', 'linking', 'linked', 'established']],
    ['unknown', []],
    ['unknown', ['started', 'linking', 'linked', 'established', 'connected']],
  ] as const)('failed in phase %s after the steps %j', async (phase, steps) => {
    dial(coId(1), steps);
    fail(coId(1), '809');
    expect(await metric('ras_dial_failures_total')).toEqual({ [failure(`${TIMEOUT},phase="${phase}"`)]: 1 });
    expect(await metric('ras_dial_failed_total')).toEqual({ [OFFICE]: 1 });
    expect(await metric('ras_last_failure_timestamp_seconds')).toEqual({ [OFFICE]: 1_700_000_000 });
  });

  it('is counted over several scrapes, whose records belong together', async () => {
    dial(coId(1), ['started', 'linking']);
    await scrape();
    dial(coId(1), ['linked']);
    await scrape();
    fail(coId(1), '691');
    expect(Object.keys(await metric('ras_dial_failures_total'))).toEqual([
      failure('error_code="691",error="ERROR_AUTHENTICATION_FAILURE",category="authentication",phase="authentication"'),
    ]);
    expect(await metric('ras_dial_attempts_total')).toEqual({ [OFFICE]: 1 });
  });

  it('is told from others by its CoId, in whatever case and with or without braces', async () => {
    dial(coId(1), ['started', 'linking', 'linked']);
    dial(coId(2), ['started']);
    fail(coId(1).toLowerCase().slice(1, -1), '809');
    fail(` ${coId(2)}\n`, '809');
    expect(await metric('ras_dial_failures_total')).toEqual({
      [failure(`${TIMEOUT},phase="authentication"`)]: 1,
      [failure(`${TIMEOUT},phase="dial"`)]: 1,
    });
  });

  it.each(['', 'not a GUID', '{}'])('has no steps when its CoId is %j', async (id) => {
    dial(id, ['started', 'linking', 'linked', 'connected']);
    fail(id, '809');
    expect(await metric('ras_dial_failures_total')).toEqual({ [failure(`${TIMEOUT},phase="unknown"`)]: 1 });
    expect(await metric('ras_dial_connected_total')).toEqual({ [OFFICE]: 1 });
    expect(await metric('ras_dial_duration_seconds_count')).toEqual({ [OFFICE]: 0 });
  });

  it('may use a CoId again after its end, and begins anew', async () => {
    dial(coId(1), ['started', 'linking', 'linked', 'connected']);
    end(coId(1), '829');
    log.write(20221, fields.started(coId(1), 'Office VPN'), START + 100 * SECOND);
    log.write(20225, fields.connected(coId(1), 'Office VPN'), START + 107 * SECOND);
    end(coId(1), '829');
    fail(coId(1), '809');
    const { series } = await scrape();
    expect(series.get(`ras_dial_attempts_total${OFFICE}`)).toBe(2);
    expect(series.get(`ras_dial_duration_seconds_sum${OFFICE}`)).toBe(3 + 7);
    expect(series.get(`ras_dial_failures_total${failure(`${TIMEOUT},phase="unknown"`)}`)).toBe(1);
    expect(await counted('ras_disconnects_total')).toEqual({
      '{entry="Office VPN",reason_code="829",reason="ERROR_LINK_FAILURE"}': 2,
    });
  });

  it('that ended is forgotten, with the steps that it took', async () => {
    dial(coId(1), ['started', 'linking']);
    end(coId(1), '631');
    fail(coId(1), '809');
    expect(await metric('ras_dial_failures_total')).toEqual({ [failure(`${TIMEOUT},phase="unknown"`)]: 1 });
  });

  it('that fails twice keeps its last step', async () => {
    dial(coId(1), ['started', 'linking']);
    fail(coId(1), '809');
    fail(coId(1), '809');
    expect(await metric('ras_dial_failures_total')).toEqual({ [failure(`${TIMEOUT},phase="link"`)]: 2 });
  });

  it('that began before counting has no duration, and what ended then is counted all the same', async () => {
    log.write(20225, fields.connected(coId(1), 'Office VPN'));
    end(coId(2), '631');
    const { series } = await scrape();
    expect(series.get(`ras_dial_connected_total${OFFICE}`)).toBe(1);
    expect(series.get(`ras_dial_duration_seconds_count${OFFICE}`)).toBe(0);
    expect(series.get(`ras_dial_attempts_total${OFFICE}`)).toBe(0);
    expect(await counted('ras_disconnects_total')).toEqual({
      '{entry="Office VPN",reason_code="631",reason="ERROR_USER_DISCONNECTION"}': 1,
    });
  });

  it.each([
    ['is not negative', -1, 0],
    ['may be nothing', 0, 1],
    ['is not a day', 86_400_000, 0],
    ['is a number', Number.NaN, 0],
  ])('has a duration that %s, whatever happened to the clock', async (_, later, count) => {
    log.write(20221, fields.started(coId(1), 'Office VPN'), START + SECOND);
    log.write(20225, fields.connected(coId(1), 'Office VPN'), START + SECOND + later);
    expect(await metric('ras_dial_duration_seconds_count')).toEqual({ [OFFICE]: count });
    expect(await metric('ras_dial_connected_total')).toEqual({ [OFFICE]: 1 });
  });

  it('connects twice and is timed once', async () => {
    dial(coId(1), ['started', 'connected', 'connected']);
    expect(await metric('ras_dial_duration_seconds_count')).toEqual({ [OFFICE]: 1 });
    expect(await metric('ras_dial_connected_total')).toEqual({ [OFFICE]: 2 });
  });

  it('shows nothing of its user, its address, or its texts', async () => {
    dial(coId(1), ['started', 'linking', 'linked', 'established', 'connected']);
    end(coId(1), '631');
    fail(coId(2), '809');
    expect((await scrape()).text).not.toMatch(/secret|10\.20|VPN2-1|vpn\.example|0A0B0C0D/i);
  });
});

describe('an error code of the event log', () => {
  it.each([
    ['-2146762495', '0x800B0101', 'CERT_E_EXPIRED'],
    ['2148204801', '0x800B0101', 'CERT_E_EXPIRED'],
    ['0x800b0101', '0x800B0101', 'CERT_E_EXPIRED'],
    [' 13801 ', '13801', 'ERROR_IPSEC_IKE_AUTH_FAIL'],
    ['4711', '4711', 'unknown'],
    ['0', '0', 'unknown'],
    ['', 'other', 'unknown'],
    ['Zeitüberschreitung', 'other', 'unknown'],
    ['80 9', 'other', 'unknown'],
    ['8.09', 'other', 'unknown'],
    ['99999999999', 'other', 'unknown'],
    ['4294967296', 'other', 'unknown'],
    ['-2147483649', 'other', 'unknown'],
  ])('%j is shown as %s %s', async (text, code, name) => {
    fail(coId(1), text);
    const [labels = ''] = Object.keys(await metric('ras_dial_failures_total'));
    expect(labels).toContain(`error_code="${code}",error="${name}"`);
  });

  it('does not grow series without bound when it is garbage', async () => {
    for (let code = 0; code < 3000; code += 1) fail(coId(code), String(500_000 + code));
    await scrape();
    const found = await metric('ras_dial_failures_total');
    expect(Object.keys(found)).toHaveLength(33);
    expect(Object.values(found).reduce((sum, value) => sum + value)).toBe(3000);
  });
});

describe('what cannot be counted', () => {
  it('is 0 for every reason at first', async () => {
    expect(await metric('ras_events_skipped_total')).toEqual({
      '{reason="unreadable"}': 0,
      '{reason="malformed"}': 0,
      '{reason="cleared"}': 0,
      '{reason="overwritten"}': 0,
    });
  });

  it.each([
    [20221, [coId(1), 'user', 'VPN', 'per-user']],
    [20222, []],
    [20223, []],
    [20224, []],
    [20225, [coId(1), 'user']],
    [20226, [coId(1), 'user', 'Office VPN']],
    [20227, [coId(1), 'user', 'Office VPN']],
    [20227, [coId(1), 'user', 'x'.repeat(257), '809']],
  ])('is malformed when fields of %d are missing or cannot be: %j', async (eventId, data) => {
    log.write(eventId, data);
    expect(await counted('ras_events_skipped_total')).toEqual({ '{reason="malformed"}': 1 });
    expect(await metric('ras_dial_attempts_total')).toEqual({});
  });

  it('is nothing when the event tells nothing of a dial', async () => {
    log.write(20220, ['target', 'device', '619']);
    log.write(20267, []);
    expect(await counted('ras_events_skipped_total')).toEqual({});
  });

  it('is unreadable, and the records around it are counted', async () => {
    fail(coId(1), '809');
    log.write(20227, [], START, true);
    fail(coId(2), '809');
    expect(await counted('ras_events_skipped_total')).toEqual({ '{reason="unreadable"}': 1 });
    expect(await metric('ras_dial_failed_total')).toEqual({ [OFFICE]: 2 });
  });

  it('was cleared or overwritten, once for each time that it is noticed', async () => {
    await scrape();
    fail(coId(1), '809');
    log.clear();
    fail(coId(2), '809');
    expect(await counted('ras_events_skipped_total')).toEqual({ '{reason="cleared"}': 1 });
    for (let number = 0; number < 10; number += 1) fail(coId(number), '809');
    log.overwrite(4);
    expect(await counted('ras_events_skipped_total')).toEqual({ '{reason="cleared"}': 1, '{reason="overwritten"}': 1 });
    expect(await metric('ras_dial_failed_total')).toEqual({ [OFFICE]: 5 });
  });
});

describe('a read of the event log that fails', () => {
  it('says so, keeps what was counted, and loses nothing', async () => {
    fail(coId(1), '809');
    await scrape();
    fail(coId(2), '809');
    log.fail(5);
    const { series, problems } = await scrape();
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('5 ERROR_ACCESS_DENIED')]);
    expect(series.get('ras_exporter_collector_success{collector="events"}')).toBe(0);
    expect(series.get(`ras_dial_failed_total${OFFICE}`)).toBe(1);
    expect(await metric('ras_dial_failed_total')).toEqual({ [OFFICE]: 2 });
  });

  it('in the middle keeps what the reads before it counted, and counts it once', async () => {
    log.most = 2;
    for (let number = 0; number < 7; number += 1) fail(coId(number), '809');
    log.failures.push(undefined, undefined);
    log.fail();
    expect(await metric('ras_dial_failed_total')).toEqual({ [OFFICE]: 4 });
    expect(await metric('ras_dial_failed_total')).toEqual({ [OFFICE]: 7 });
    expect(await metric('ras_dial_failed_total')).toEqual({ [OFFICE]: 7 });
  });
});

describe('a scrape', () => {
  it('counts from the start of the exporter on, and with since from before it', async () => {
    for (const [since, expected] of [
      [0, 2],
      [60_000, 3],
    ] as const) {
      use({ since });
      fail(coId(1), '809', START - 60_001);
      fail(coId(2), '809', START - 60_000);
      fail(coId(3), '809', START);
      fail(coId(4), '809', START + 1);
      expect(await metric('ras_dial_failed_total')).toEqual({ [OFFICE]: expected });
    }
  });

  it('reads a bounded number of records, and the next ones the rest: all of 100 000 in the end', async () => {
    for (let number = 0; number < 100_000; number += 1) {
      log.write(20221, fields.started(coId(number), `Site ${number % 7}`), START);
    }
    const total = async () =>
      Object.values(await metric('ras_dial_attempts_total')).reduce((sum, value) => sum + value, 0);
    expect(await total()).toBe(2000);
    expect(await total()).toBe(4000);
    expect(Math.max(...log.limits)).toBeLessThanOrEqual(2000);
    for (let scrapes = 2; scrapes < 50; scrapes += 1) await total();
    expect(await total()).toBe(100_000);
    expect(await total()).toBe(100_000);
  });

  it('asks once when the log promises more and gives nothing', async () => {
    const reads: number[] = [];
    const empty: FakeEventLog = Object.assign(new FakeEventLog(), {
      read: (_: unknown, limit: number) => {
        reads.push(limit);
        const position = { recordId: 0n, time: 0, bookmark: '' };
        return Promise.resolve({ records: [], position, more: true, unreadable: 0, gap: undefined });
      },
    });
    scraper = new Scraper(machine(ras, { eventLog: empty }), [eventsCollector()]);
    await scrape();
    expect(reads).toHaveLength(1);
  });

  it('remembers a bounded number of entries that no phone book has', async () => {
    for (let number = 0; number < 6000; number += 1)
      log.write(20227, fields.failed(coId(number), `Gone ${number}`, '809'));
    for (let scrapes = 0; scrapes < 4; scrapes += 1) await scrape();
    expect(Object.keys(await metric('ras_dial_failed_total'))).toHaveLength(1024);
    expect(Object.keys(await metric('ras_dial_failed_total'))).toContain('{entry="Gone 5999"}');
  });
});

describe('an entry of the event log', () => {
  let phonebooks: Phonebooks;
  function useBoth(options: EventsOptions = {}): void {
    phonebooks = new Phonebooks();
    ras = new FakeRas();
    log = new FakeEventLog();
    scraper = new Scraper(machine(ras, { eventLog: log }), [
      connectionsCollector(options, phonebooks),
      eventsCollector(options, phonebooks, () => START),
    ]);
  }
  beforeEach(() => useBoth());

  it('starts at 0 when it is in a phone book, already in the first scrape', async () => {
    ras.entries = [entry('Office VPN')];
    const { series } = await scrape();
    for (const name of ['attempts', 'connected', 'failed'])
      expect(series.get(`ras_dial_${name}_total${OFFICE}`)).toBe(0);
    expect(seriesOf(series, 'ras_disconnects_total')).toEqual({
      '{entry="Office VPN",reason_code="631",reason="ERROR_USER_DISCONNECTION"}': 0,
      '{entry="Office VPN",reason_code="829",reason="ERROR_LINK_FAILURE"}': 0,
    });
    expect(seriesOf(series, 'ras_dial_duration_seconds_count')).toEqual({});
  });

  it('is spelled as in the phone book, however it was dialled', async () => {
    ras.entries = [entry('Office VPN')];
    log.write(20221, fields.started(coId(1), 'OFFICE vpn'), START);
    log.write(20221, fields.started(coId(2), 'Office VPN'), START);
    expect(await metric('ras_dial_attempts_total')).toEqual({ [OFFICE]: 2 });
  });

  it('is one entry when it differs in case only and no phone book has it', async () => {
    log.write(20221, fields.started(coId(1), 'Other'), START);
    log.write(20221, fields.started(coId(2), 'OTHER'), START);
    expect(await metric('ras_dial_attempts_total')).toEqual({ '{entry="Other"}': 2 });
  });

  it('keeps its counters when it leaves the phone book, and has no series when there was no record of it', async () => {
    ras.entries = [entry('Office VPN'), entry('Silent')];
    log.write(20221, fields.started(coId(1), 'Office VPN'), START);
    expect(await metric('ras_dial_attempts_total')).toEqual({ [OFFICE]: 1, '{entry="Silent"}': 0 });
    ras.entries = [];
    // What the phone books say is read beside the event log, and known to it at the next scrape.
    await scrape();
    expect(await metric('ras_dial_attempts_total')).toEqual({ [OFFICE]: 1 });
  });

  it('is not shown when the filter leaves it out, by the spelling of the phone book', async () => {
    useBoth({ include: /^(?:O.*|T.*)$/, exclude: /^(?:T.*)$/ });
    ras.entries = [entry('Office VPN')];
    for (const [index, name] of ['office vpn', 'Test', 'Lab'].entries()) {
      log.write(20227, fields.failed(coId(index), name, '809'), START);
    }
    expect(await metric('ras_dial_failed_total')).toEqual({ [OFFICE]: 1 });
  });

  it('is shown though RAS hangs: no call of it is made, and its phone books are not waited for again', async () => {
    ras.hangs.add('RasEnumConnectionsW');
    fail(coId(1), '809');
    const { families } = await scraper.scrape(600, new Set(['events']));
    const series = parseExposition(await render(families, TEXT));
    expect(series.get(`ras_dial_failed_total${OFFICE}`)).toBe(1);
    expect(ras.waiting).toBe(0);
    const began = performance.now();
    await scraper.scrape(600, new Set(['events']));
    expect(performance.now() - began).toBeLessThan(200);
  });
});
