/**
 * What it costs to read 100,000 records that nobody had read: the real binding over the double of wevtapi.dll (whose own work is
 * in the figures), the real collector, scrape after scrape until none is left.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventsCollector } from '../src/collectors/events/events.ts';
import { Scraper } from '../src/collectors/scrape.ts';
import { createSimulatedWindows } from '../src/ras/simulated/windows.ts';
import { openWevtapi } from '../src/ras/wevtapi/wevtapi.ts';
import { buildDouble, DoubleScript } from '../test/support/double.ts';
import { events } from '../test/support/double-wevtapi.ts';
import { median } from './measure.ts';

const RECORDS = 100_000;
const YEARS = 10 * 365 * 86_400_000;

export interface EventsCost {
  readonly scrapes: number;
  /** Milliseconds of CPU of a scrape. */
  readonly median: number;
  readonly most: number;
  /** The same once there is nothing new. */
  readonly idle: number;
}

export async function eventsCost(): Promise<EventsCost> {
  const folder = mkdtempSync(join(tmpdir(), 'ras-bench-'));
  try {
    const double = new DoubleScript(folder);
    process.env.RASDOUBLE_SCRIPT = double.env.linux.RASDOUBLE_SCRIPT;
    process.env.RASDOUBLE_FIXED = '1';
    const data = ['{0A0B0C0D-0E0F-0001-0203-040506070809}', 'alice', 'VPN', 'per-user', 'Office VPN', ''];
    double.play(events({ count: RECORDS, recordId: 1, eventId: 20_221, data }));
    const eventLog = openWevtapi({ path: await buildDouble('linux', [], 'wevtapi') });
    const windows = createSimulatedWindows({ scenario: { description: '', entries: [], api: [], eventLog: [] } });
    const scraper = new Scraper({ ...windows, eventLog }, [eventsCollector(YEARS)]);
    const costs: number[] = [];
    for (let counted = 0; counted < RECORDS; ) {
      const before = process.cpuUsage();
      const { families } = await scraper.scrape(60_000);
      const { user, system } = process.cpuUsage(before);
      costs.push((user + system) / 1000);
      const family = families.find(({ metric }) => metric.name === 'ras_dial_attempts_total');
      counted = family?.samples[0]?.value ?? 0;
    }
    const idle: number[] = [];
    for (let scrape = 0; scrape < 50; scrape += 1) {
      const before = process.cpuUsage();
      await scraper.scrape(60_000);
      const { user, system } = process.cpuUsage(before);
      idle.push((user + system) / 1000);
    }
    return { scrapes: costs.length, median: median(costs), most: Math.max(...costs), idle: median(idle) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
