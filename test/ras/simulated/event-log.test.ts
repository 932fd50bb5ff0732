import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventBatch, EventPosition, EventRecord, EventStart } from '../../../src/ras/event-log.ts';
import { BUILTIN_SCENARIO } from '../../../src/ras/simulated/builtin.ts';
import { SimulatedEventLog } from '../../../src/ras/simulated/event-log.ts';
import { parseScenario } from '../../../src/ras/simulated/parse.ts';
import { createSimulatedApi } from '../../../src/ras/simulated/simulated.ts';
import { PATIENT } from './support.ts';

/** When every scenario of these tests begins. */
const BEGIN = 1_700_000_000_000;
const FROM_START: EventStart = { since: BEGIN };

/** A log on a clock that the test sets, in milliseconds since the scenario began. */
function play(yaml: string) {
  return playScenario(parseScenario(yaml, 'test.yaml'));
}

function playScenario(scenario: ReturnType<typeof parseScenario>) {
  const clock = { now: 0 };
  // Not 0: a scenario begins with the log, not with the clock.
  const tick = () => 5000 + clock.now;
  const log = new SimulatedEventLog({ scenario, clock: tick, wallClock: () => BEGIN });
  const api = createSimulatedApi({ scenario, clock: tick });
  return { log, api, clock };
}

const MANY = 1_000_000;

async function recordsAt(yaml: string, seconds: number): Promise<readonly EventRecord[]> {
  const { log, clock } = play(yaml);
  clock.now = seconds * 1000;
  return (await log.read(FROM_START, MANY, PATIENT)).records;
}

/** `3.5 20227 809`: seconds since the start, event, and its code if it has one. */
function shortly(records: readonly EventRecord[]): string[] {
  return records.map(({ eventId, time, data }) => {
    const code = eventId === 20226 || eventId === 20227 ? ` ${data[3]}` : '';
    return `${(time - BEGIN) / 1000} ${eventId}${code}`;
  });
}

function entryWith(timeline: string, more = ''): string {
  return `entries: [{ name: Office, timeline: ${timeline} ${more} }]\n`;
}

describe('a dial of a scenario leaves records', () => {
  it('from its beginning to its end, all with the id of the connection', async () => {
    const { log, api, clock } = play(
      entryWith(
        '[{ state: connecting, for: 3s }, { state: authenticating, for: 1s }, { state: connected, for: 10s }, { state: disconnected, for: 6s }]',
      ),
    );
    const [connection] = await api.enumConnections(PATIENT);
    clock.now = 19_999;
    const { records } = await log.read(FROM_START, MANY, PATIENT);
    expect(shortly(records)).toEqual(['0 20221', '0 20222', '3 20223', '3 20224', '4 20225', '14 20226 631']);
    const coId = `{${connection?.correlationId.toUpperCase()}}`;
    expect(records.map(({ data }) => data[0])).toEqual(Array.from({ length: 6 }, () => coId));
    expect(records[0]?.data).toEqual([coId, 'EXAMPLE\\alice', 'VPN', 'all-user', 'Office', expect.any(String)]);
    for (const index of [1, 4, 5]) expect(records[index]?.data[2]).toBe('Office');
    clock.now = 20_000;
    const [again] = await api.enumConnections(PATIENT);
    const { records: next } = await log.read(FROM_START, MANY, PATIENT);
    expect(next.at(-1)?.data[0]).toBe(`{${again?.correlationId.toUpperCase()}}`);
    expect(again?.correlationId).not.toBe(connection?.correlationId);
  });

  it.each([
    ['while it is dialled', '{ state: connecting, for: 2s }', ['0 20221', '0 20222', '2 20227 809']],
    [
      'while it authenticates',
      '{ state: authenticating, for: 2s }',
      ['0 20221', '0 20222', '0 20223', '0 20224', '2 20227 809'],
    ],
    [
      'while it waits for a person',
      '{ state: waiting, for: 2s }',
      ['0 20221', '0 20222', '0 20223', '0 20224', '2 20227 809'],
    ],
    ['out of nothing', '{ state: disconnected, for: 2s }', ['2 20221', '2 20227 809']],
    [
      'when it is up: the end of a connection, not of a dial',
      '{ state: dormant, for: 2s }',
      ['0 20221', '0 20222', '0 20223', '0 20224', '0 20225', '2 20226 809'],
    ],
  ])('when it fails %s', async (_, before, expected) => {
    const yaml = entryWith(`[${before}, { state: failed, error: 809 }]`, ', repeat: false');
    expect(shortly(await recordsAt(yaml, 60))).toEqual(expected);
  });

  it('with an HRESULT as Windows writes it: signed', async () => {
    const yaml = entryWith('[{ state: failed, error: 0x800B0101 }]');
    expect((await recordsAt(yaml, 1)).at(-1)?.data[3]).toBe('-2146762495');
  });

  it('once, however often its state changes, and none of its end when it is given up', async () => {
    const yaml = entryWith(
      `[{ state: connected, for: 1s }, { state: dormant, for: 1s }, { state: reconnecting, for: 1s }, { state: connected, for: 1s },
        { state: disconnected, for: 1s }, { state: connecting, for: 1s }, { state: disconnected, for: 1s }]`,
      ', repeat: false',
    );
    expect(shortly(await recordsAt(yaml, 60))).toEqual([
      '0 20221',
      '0 20222',
      '0 20223',
      '0 20224',
      '0 20225',
      '4 20226 631',
      '5 20221',
      '5 20222',
    ]);
  });

  it('with every round, also where it lasts from one round to the next', async () => {
    const yaml = entryWith(
      '[{ state: connected, for: 5s }, { state: failed, error: 829, for: 1s }, { state: connecting, for: 4s }]',
    );
    expect(shortly(await recordsAt(yaml, 26)).join(', ')).toBe(
      '0 20221, 0 20222, 0 20223, 0 20224, 0 20225, 5 20226 829, 6 20221, 6 20222, ' +
        '10 20223, 10 20224, 10 20225, 15 20226 829, 16 20221, 16 20222, ' +
        '20 20223, 20 20224, 20 20225, 25 20226 829, 26 20221, 26 20222',
    );
  });

  it('in the order of their time, numbered, whichever entry they are of', async () => {
    const yaml =
      'entries: [{ name: "S{n}", count: 3, stagger: 1s, timeline: [{ state: failed, error: 809, for: 2s }, { state: disconnected, for: 2s }] }]';
    const records = await recordsAt(yaml, 9);
    expect(records.map(({ time }) => time)).toEqual(records.map(({ time }) => time).toSorted((a, b) => a - b));
    const ids = records.map(({ recordId }) => recordId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(records.filter(({ eventId }) => eventId === 20227).map(({ data }) => data[2])).toEqual(
      // Seconds 0, 2, 3, 4, 6, 7 and 8.
      ['S1', 'S3', 'S2', 'S1', 'S3', 'S2', 'S1'],
    );
  });

  it('of the built-in scenario, hour after hour, without a loss: a demo should not look broken', async () => {
    const { log, clock } = playScenario(BUILTIN_SCENARIO);
    let position: EventPosition | EventStart = FROM_START;
    for (let hour = 0; hour < 5; hour += 1) {
      clock.now = hour * 3_600_000;
      const batch: EventBatch = await log.read(position, MANY, PATIENT);
      expect(batch).toMatchObject({ gap: undefined, unreadable: 0, more: false });
      ({ position } = batch);
    }
  });

  it('before the start of the scenario, where its entry is in the middle: for those who read so far back', async () => {
    const { log } = playScenario(BUILTIN_SCENARIO);
    const { records } = await log.read({ since: BEGIN - 2 * 3_600_000 }, MANY, PATIENT);
    const headOffice = records.filter(({ data }) => data.includes('Head Office'));
    expect(shortly(headOffice)).toEqual(['-3600 20221', '-3600 20222', '-3595 20225']);
    const later = await playScenario(BUILTIN_SCENARIO).log.read(FROM_START, MANY, PATIENT);
    expect(later.records.filter(({ time }) => time < BEGIN)).toEqual([]);
  });
});

/** Reads to the end, in batches. */
async function readOn(log: SimulatedEventLog, from: EventPosition | EventStart, limit: number) {
  const batches: EventBatch[] = [];
  let position = from;
  do {
    const batch = await log.read(position, limit, PATIENT);
    expect(batch.records.length + batch.unreadable).toBeLessThanOrEqual(limit);
    batches.push(batch);
    position = batch.position;
  } while (batches.at(-1)?.more);
  return { batches, position, records: batches.flatMap(({ records }) => records) };
}

describe('the simulated event log', () => {
  it('gives the same records however often and in whatever batches it is read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ wait: fc.nat(40_000), limit: fc.integer({ min: 1, max: 30 }) }), { maxLength: 15 }),
        async (reads) => {
          const { log, clock } = playScenario(BUILTIN_SCENARIO);
          const records: EventRecord[] = [];
          let position: EventPosition | EventStart = FROM_START;
          for (const { wait, limit } of reads) {
            clock.now += wait + 0.25;
            const read = await readOn(log, position, limit);
            records.push(...read.records);
            position = read.position;
          }
          const once = playScenario(BUILTIN_SCENARIO);
          once.clock.now = clock.now;
          if (reads.length > 0) expect(records).toEqual((await once.log.read(FROM_START, MANY, PATIENT)).records);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('counts what happens at the very start, though the exporter begins to count a little later', async () => {
    const { log } = play(entryWith('[{ state: connecting, for: 2s }]'));
    expect((await log.read({ since: BEGIN + 700 }, MANY, PATIENT)).records).toHaveLength(2);
    const later = play(entryWith('[{ state: connecting, for: 2s }]'));
    expect((await later.log.read({ since: BEGIN + 60_000 }, MANY, PATIENT)).records).toEqual([]);
  });

  it('holds a bounded number of records, overwrites the oldest, and says so to whoever had not read them', async () => {
    const { log, clock } = play(`${entryWith('[{ state: disconnected }]')}event_log: [{ from: 10s, burst: 12000 }]`);
    const first = await log.read(FROM_START, MANY, PATIENT);
    clock.now = 10_000;
    const second = await log.read(first.position, 100, PATIENT);
    expect(second).toMatchObject({ gap: 'overwritten', more: true });
    const rest = await readOn(log, second.position, 5000);
    expect(second.records.length + rest.records.length).toBe(10_000);
    expect(rest.batches.map(({ gap }) => gap)).toEqual([undefined, undefined]);
  });

  it('says so, too, to whoever reads for the first time, unless that is of before the time that counts', async () => {
    const yaml = `${entryWith('[{ state: disconnected }]')}event_log: [{ from: 10s, burst: 12000 }]`;
    for (const [since, gap] of [
      [BEGIN, 'overwritten'],
      [BEGIN + 10_000, 'overwritten'],
      [BEGIN + 10_001, undefined],
    ] as const) {
      const { log, clock } = play(yaml);
      clock.now = 20_000;
      const first = await log.read({ since }, 100, PATIENT);
      expect(first.gap).toBe(gap);
      expect((await log.read(first.position, 100, PATIENT)).gap).toBeUndefined();
    }
  });

  it('is written for a year of two thousand flapping entries at once, as far as anybody could read it', async () => {
    const { log, clock } = play(
      'entries: [{ name: "S{n}", count: 2000, stagger: 1ms, timeline: [{ state: connected, for: 1s }, { state: disconnected, for: 1s }] }]',
    );
    const first = await log.read(FROM_START, MANY, PATIENT);
    clock.now = 365 * 86_400_000;
    const began = performance.now();
    const second = await log.read(first.position, MANY, PATIENT);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(second).toMatchObject({ gap: 'overwritten', more: false });
    expect(second.records).toHaveLength(10_000);
    expect((await log.read(second.position, MANY, PATIENT)).gap).toBeUndefined();
  });

  it('is emptied at a time, which is noticed once', async () => {
    const { log, clock } = play(
      `${entryWith('[{ state: failed, error: 809, for: 1s }, { state: disconnected, for: 1s }]')}event_log: [{ from: 5s, every: 60s, cleared: true }]`,
    );
    let { position } = await log.read(FROM_START, MANY, PATIENT);
    clock.now = 8500;
    const cleared = await log.read(position, MANY, PATIENT);
    expect(cleared.gap).toBe('cleared');
    expect(shortly(cleared.records)).toEqual(['6 20221', '6 20227 809', '8 20221', '8 20227 809']);
    ({ position } = cleared);
    expect(await log.read(position, MANY, PATIENT)).toMatchObject({ gap: undefined, records: [] });
    clock.now = 65_000;
    expect((await log.read(position, MANY, PATIENT)).gap).toBe('cleared');
  });

  it('has records that cannot be read or lack their fields', async () => {
    const { log, clock } = play(
      `${entryWith('[{ state: disconnected }]')}event_log: [{ from: 1s, unreadable: 3 }, { from: 2s, malformed: 4 }]`,
    );
    clock.now = 2000;
    const batch = await log.read(FROM_START, MANY, PATIENT);
    expect(batch.unreadable).toBe(3);
    expect(batch.records.map(({ eventId, data }) => [eventId, data.length])).toEqual([
      [20227, 3],
      [20225, 2],
      [20226, 0],
      [20221, 1],
    ]);
  });

  it('cannot be read for some time, and then has everything', async () => {
    const { log, clock } = play(
      `${entryWith('[{ state: failed, error: 809, for: 1s }, { state: disconnected, for: 1s }]')}event_log: [{ from: 1s, for: 3s, returns: 5 }]`,
    );
    const { position } = await log.read(FROM_START, MANY, PATIENT);
    clock.now = 3000;
    await expect(log.read(position, MANY, PATIENT)).rejects.toMatchObject({ name: 'CallError', code: 5 });
    clock.now = 4000;
    expect(shortly((await log.read(position, MANY, PATIENT)).records)).toEqual([
      '2 20221',
      '2 20227 809',
      '4 20221',
      '4 20227 809',
    ]);
  });

  it('hangs until the trouble ends, and refuses everybody meanwhile', async () => {
    const { log, clock } = play(`entries: []\nevent_log: [{ for: 10s, hang: true }]`);
    const impatient = new AbortController();
    const reading = log.read(FROM_START, MANY, impatient.signal);
    impatient.abort();
    await expect(reading).rejects.toMatchObject({ name: 'CallTimeout' });
    expect(log.hanging).toBe(true);
    await expect(log.read(FROM_START, MANY, PATIENT)).rejects.toMatchObject({ name: 'CallTimeout' });
    clock.now = 10_000;
    await expect.poll(() => log.hanging).toBe(false);
    expect((await log.read(FROM_START, MANY, PATIENT)).records).toEqual([]);
  });

  it('is late when the scenario says so', async () => {
    const { log, clock } = play(`entries: []\nevent_log: [{ delay: 2s }]`);
    let isDone = false;
    const reading = log.read(FROM_START, MANY, PATIENT).then(() => {
      isDone = true;
    });
    clock.now = 1999;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(isDone).toBe(false);
    clock.now = 2000;
    await reading;
  });
});

describe('event_log of a scenario', () => {
  const problem = (fields: string, entries = '[{ name: A }]') => {
    try {
      parseScenario(`entries: ${entries}\nevent_log:\n  - { ${fields} }\n`, 'bad.yaml');
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    throw new Error('was read');
  };

  it.each([
    [
      'from: 1s',
      'bad.yaml:3: event_log[0]: nothing is wrong here; add returns, delay, hang: true, cleared: true, malformed, unreadable or burst',
    ],
    ['hangs: true', 'bad.yaml:3: event_log[0].hangs: there is no key "hangs"; did you mean hang?'],
    ['cleared: true, burst: 3', 'bad.yaml:3: event_log[0]: one thing at a time; make of cleared a trouble of its own'],
    [
      'malformed: 1, returns: 5',
      'bad.yaml:3: event_log[0]: one thing at a time; make of malformed a trouble of its own',
    ],
    ['cleared: false', 'bad.yaml:3: event_log[0].cleared: only true is right; leave the trouble out'],
    ['cleared: true, for: 3s', 'bad.yaml:3: event_log[0].for: cleared happens at one moment; leave out for'],
    ['burst: 0', 'bad.yaml:3: event_log[0].burst: expected a whole number from 1 to 100000, found 0'],
    ['returns: 5, every: 1s', 'bad.yaml:3: event_log[0].every: every needs a for that is not longer'],
    ['hang: true, delay: 1s', 'bad.yaml:3: event_log[0].hang: a call hangs or is late; leave out hang or delay'],
  ])('is read strictly: %s', (fields, message) => {
    expect(problem(fields)).toBe(message);
  });

  it('has no burst of dials where nothing can be dialled', () => {
    expect(problem('burst: 3', '[]')).toBe('bad.yaml:3: event_log[0].burst: there is no entry that could be dialled');
  });
});
