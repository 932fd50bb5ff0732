/** What counts as newborn rests on this: a counter that was born and its companion come and go together, whatever can be read. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BornCounter, COUNTERS } from '../../dashboards/src/increase.ts';
import { allCollectors } from '../../src/collectors/index.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { resolveConfig } from '../../src/config/config.ts';
import { parseScenario } from '../../src/ras/simulated/parse.ts';
import { createSimulatedWindows } from '../../src/ras/simulated/windows.ts';

/** A dial every minute: two in three fail. Then one thing after the other cannot be read. */
const SCENARIO = `
entries:
  - name: Office
    timeline:
      - { state: connecting, for: 10s }
      - { state: failed, error: 809, for: 50s }
      - { state: connecting, for: 10s }
      - { state: failed, error: 691, for: 50s }
      - { state: connecting, for: 10s }
      - { state: connected, for: 40s }
      - { state: disconnected, for: 10s }
api:
  - { function: RasEnumConnectionsW, from: 10m, for: 5m, returns: 711 }
  - { function: RasEnumEntriesW, from: 20m, for: 5m, returns: 5 }
  - { function: RasGetConnectStatusW, from: 30m, for: 5m, returns: 8 }
services:
  - { service: RasMan, state: stopped, from: 40m, for: 10m }
event_log:
  - { from: 55m, for: 5m, returns: 5 }
`;

const MINUTES = 65;

type Labels = Readonly<Record<string, string>>;

/** All series of each scrape, one a minute. */
async function scrapes(): Promise<readonly (readonly { readonly name: string; readonly labels: Labels }[])[]> {
  const clock = { now: 0 };
  vi.setSystemTime(0);
  const windows = createSimulatedWindows({ scenario: parseScenario(SCENARIO, 'test'), clock: () => clock.now });
  const scraper = new Scraper(windows, allCollectors(resolveConfig({}, {})));
  const found = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    clock.now = minute * 60_000 + 15_000;
    vi.setSystemTime(clock.now);
    const { families } = await scraper.scrape(10_000);
    found.push(families.flatMap(({ samples }) => samples.map(({ series }) => series)));
  }
  return found;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('the companion of a counter', () => {
  it.each(Object.entries<BornCounter>(COUNTERS))(
    'is there whenever %s is, and never without a series that was born',
    async (counter, { labels: names, companion, companionLabels }) => {
      const keyOf = (labels: Labels, by: readonly string[]) => by.map((label) => labels[label]).join();
      /** Series of the counter that were seen so far → their companion. */
      const born = new Map<string, string>();
      for (const [minute, series] of (await scrapes()).entries()) {
        const labelsOf = (metric: string) => series.filter(({ name }) => name === metric).map(({ labels }) => labels);
        const counters = labelsOf(counter);
        for (const labels of counters) born.set(keyOf(labels, names), keyOf(labels, companionLabels));
        const there = new Set(counters.map((labels) => keyOf(labels, names)));
        const companions = new Set(labelsOf(companion).map((labels) => keyOf(labels, companionLabels)));
        for (const [key, companionKey] of born)
          expect(companions.has(companionKey), `${key}, minute ${minute}`).toBe(there.has(key));
      }
      expect(born.size).toBeGreaterThan(0);
    },
  );

  it('is there though the event log cannot be read, and not while the scrapes cannot tell of the entry', async () => {
    const found = await scrapes();
    const has = (minute: number, metric: string) => found[minute]?.some(({ name }) => name === metric);
    expect(has(57, 'ras_events_skipped_total')).toBe(true);
    expect(has(57, 'ras_dial_failures_total')).toBe(true);
    for (const metric of ['ras_connection_failures_total', 'ras_connection_errors_total']) {
      expect(has(39, metric), metric).toBe(true);
      expect(has(45, metric), metric).toBe(false);
      expect(has(52, metric), metric).toBe(true);
    }
  });
});
