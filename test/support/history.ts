/**
 * Hours of a scenario in a moment: machines whose clocks are set, scraped by hand, and what they say written as a file that
 * `promtool tsdb create-blocks-from openmetrics` makes the storage of a Prometheus server of.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { vi } from 'vitest';
import { allCollectors } from '../../src/collectors/index.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { resolveConfig } from '../../src/config/config.ts';
import { buildFamily } from '../../src/metrics/build.ts';
import { negotiateFormat } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import type { Scenario } from '../../src/ras/simulated/scenario.ts';
import { createSimulatedWindows } from '../../src/ras/simulated/windows.ts';

export interface HistoryOptions {
  readonly scenario: Scenario;
  readonly instances: readonly string[];
  /** Unix time, in seconds. */
  readonly start: number;
  /** Seconds. */
  readonly length: number;
  readonly interval: number;
  /** Whether a scrape of a machine so many seconds after the start is answered; default: all are. */
  readonly answers?: (instance: string, second: number) => boolean;
  /** The machines that send their metrics and have no `up`. */
  readonly pushing?: readonly string[];
}

/** Writes it to a file. Until it is done, the time of day is that of the machines. */
export async function writeHistory(path: string, options: HistoryOptions): Promise<void> {
  vi.setSystemTime(options.start * 1000);
  try {
    await play(path, options);
  } finally {
    vi.useRealTimers();
  }
}

async function play(path: string, options: HistoryOptions): Promise<void> {
  const { scenario, instances, start, length, interval, answers = () => true, pushing = [] } = options;
  const clock = { now: 0 };
  const machines = instances.map((instance) => {
    const windows = createSimulatedWindows({ scenario, clock: () => clock.now });
    return { instance, scraper: new Scraper(windows, allCollectors(resolveConfig({}, {}))) };
  });
  const file = openSync(path, 'w');
  for (let second = 0; second <= length; second += interval) {
    clock.now = second * 1000;
    vi.setSystemTime((start + second) * 1000);
    for (const { instance, scraper } of machines) {
      const target = `job="ras",instance="${instance}"`;
      const there = answers(instance, second);
      const lines = there ? await scrape(scraper) : [];
      if (pushing.includes(instance)) {
        if (there) lines.push(`ras_exporter_heartbeat_timestamp_seconds ${start + second}`);
      } else lines.push(`up ${there ? 1 : 0}`);
      writeSync(file, lines.map((line) => `${withLabels(line, target)} ${start + second}\n`).join(''));
    }
  }
  writeSync(file, '# EOF\n');
  closeSync(file);
}

async function scrape(scraper: Scraper): Promise<string[]> {
  const { families } = await scraper.scrape(10_000);
  const text = await render([...families, buildFamily('simulated')], negotiateFormat(undefined));
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** `up 1` → `up{job="ras"} 1`, `a{b="c"} 1` → `a{job="ras",b="c"} 1`. */
function withLabels(line: string, labels: string): string {
  return /^\w+\{/.test(line) ? line.replace('{', `{${labels},`) : line.replace(' ', `{${labels}} `);
}
