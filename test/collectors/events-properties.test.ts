/** What holds for collector `events`, whatever the event log has and however it is read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsCollector } from '../../src/collectors/events/events.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { parseExposition, type Series } from '../support/exposition.ts';
import { coId, FakeEventLog, fields } from '../support/fake-event-log.ts';
import { FakeRas } from '../support/fake-ras.ts';
import { machine } from '../support/machine.ts';

const START = 1_700_000_000_000;

function use() {
  const log = new FakeEventLog();
  const scraper = new Scraper(machine(new FakeRas(), { eventLog: log }), [eventsCollector({}, undefined, () => START)]);
  const scrape = async () => {
    const text = await render((await scraper.scrape(5000)).families, TEXT);
    expect(text.isWellFormed()).toBe(true);
    return parseExposition(text);
  };
  return { log, scrape };
}

/** Every series that never falls. */
function countersOf(series: Series): ReadonlyMap<string, number> {
  return new Map([...series].filter(([name]) => /^ras_\w+_(total|count|bucket)(\{|$)/.test(name)));
}

type Step =
  | { readonly kind: 'started' | 'linking' | 'linked' | 'connected'; readonly dial: number }
  | { readonly kind: 'failed' | 'ended'; readonly dial: number; readonly code: number }
  | { readonly kind: 'scrape' | 'failing scrape' | 'clear'; readonly batch: number };

const dial = fc.nat(4);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('started', 'linking', 'linked', 'connected'), dial }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('failed', 'ended'), dial, code: fc.constantFrom(691, 809, 829) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('scrape', 'failing scrape', 'clear'),
      batch: fc.integer({ min: 1, max: 4 }),
    }),
  },
);

const EVENTS = { started: 20221, linking: 20222, linked: 20223, connected: 20225 } as const;
const PHASES = { started: 'dial', linking: 'link', linked: 'authentication', connected: 'unknown' } as const;

/** Counts as the documentation says, in the plainest way. */
function model(written: readonly (Step & { readonly dial: number })[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const last = new Map<number, string>();
  const add = (key: string) => {
    counts[key] = (counts[key] ?? 0) + 1;
  };
  for (const record of written) {
    const entry = `Site ${record.dial % 2}`;
    if (record.kind === 'failed') add(`${entry} failed ${record.code} ${last.get(record.dial) ?? 'unknown'}`);
    else if (record.kind === 'ended') {
      add(`${entry} ended ${record.code}`);
      last.delete(record.dial);
    } else if (record.kind in PHASES) {
      if (record.kind === 'started' || record.kind === 'connected') add(`${entry} ${record.kind}`);
      if (
        record.kind === 'started' ||
        record.kind === 'connected' ||
        record.kind === 'linking' ||
        record.kind === 'linked'
      )
        last.set(record.dial, PHASES[record.kind]);
    }
  }
  return counts;
}

/** The same of an exposition, without zeros. */
function shown(series: Series): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, value] of series) {
    const label = (key: string) => new RegExp(`${key}="([^"]*)"`).exec(name)?.[1] ?? '';
    const entry = label('entry');
    if (value === 0) continue;
    if (name.startsWith('ras_dial_attempts_total')) counts[`${entry} started`] = value;
    if (name.startsWith('ras_dial_connected_total')) counts[`${entry} connected`] = value;
    if (name.startsWith('ras_disconnects_total')) counts[`${entry} ended ${label('reason_code')}`] = value;
    if (name.startsWith('ras_dial_failures_total'))
      counts[`${entry} failed ${label('error_code')} ${label('phase')}`] = value;
  }
  return counts;
}

describe('any dials, read in any way', () => {
  it('are counted once each, and no counter ever falls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const { log, scrape } = use();
        const seen: (Step & { readonly dial: number })[] = [];
        let unread: (Step & { readonly dial: number })[] = [];
        let before: ReadonlyMap<string, number> = new Map();
        let clearings = 0;
        let unnoticed = 0;
        const look = async () => {
          const series = await scrape();
          const now = countersOf(series);
          for (const [name, value] of before) expect(now.get(name), name).toBeGreaterThanOrEqual(value);
          before = now;
          return series;
        };
        let isRead = false;
        for (const next of steps) {
          if ('dial' in next) {
            unread.push(next);
            const id = coId(next.dial);
            const entry = `Site ${next.dial % 2}`;
            if (next.kind === 'failed') log.write(20227, fields.failed(id, entry, String(next.code)), START);
            else if (next.kind === 'ended') log.write(20226, fields.ended(id, entry, String(next.code)), START);
            else log.write(EVENTS[next.kind], fields[next.kind](id, entry), START);
          } else if (next.kind === 'clear') {
            log.clear();
            unread = [];
            if (isRead) unnoticed = 1;
          } else {
            log.most = next.batch;
            // Every failing scrape gets one batch through; what it read counts.
            if (next.kind === 'failing scrape') {
              log.failures.push(undefined);
              log.fail();
            }
            await look();
            log.failures.length = 0;
            const taken = next.kind === 'scrape' ? unread.length : next.batch;
            seen.push(...unread.splice(0, taken));
            clearings += unnoticed;
            unnoticed = 0;
            isRead = true;
          }
        }
        log.most = Number.POSITIVE_INFINITY;
        const series = await look();
        expect(shown(series)).toEqual(model([...seen, ...unread]));
        expect(series.get('ras_events_skipped_total{reason="cleared"}')).toBe(clearings + unnoticed);
        expect(series.get('ras_events_skipped_total{reason="malformed"}')).toBe(0);
      }),
    );
  });
});

describe('any garbage in the event log', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(coId(1), coId(2), 'Office', 'OFFICE', 'B\ud800', 'B\ud801', '809', '-1', '0x', 'NaN', '1e3', 'İ'),
  );
  const record = fc.record({
    eventId: fc.oneof(fc.integer({ min: 20219, max: 20228 }), fc.integer()),
    data: fc.array(text, { maxLength: 7 }),
    time: fc.oneof(fc.double(), fc.constant(START), fc.constant(START + 1000)),
    unreadable: fc.boolean(),
  });

  it('gives a valid exposition whose counters do not fall', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(record, { maxLength: 30 }), { maxLength: 4 }), async (scrapes) => {
        const { log, scrape } = use();
        let before: ReadonlyMap<string, number> = new Map();
        for (const records of scrapes) {
          for (const { eventId, data, time, unreadable } of records) log.write(eventId, data, time, unreadable);
          const series = await scrape();
          expect([...series.values()].every((value) => Number.isFinite(value))).toBe(true);
          const now = countersOf(series);
          for (const [name, value] of before) expect(now.get(name), name).toBeGreaterThanOrEqual(value);
          before = now;
        }
      }),
    );
  });
});
