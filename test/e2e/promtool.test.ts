/** `promtool check metrics` has nothing to say, whatever happens in a scenario and in whatever order the formats are asked for. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BUILTIN_SCENARIO } from '../../src/ras/simulated/builtin.ts';
import { readScenario } from '../../src/ras/simulated/parse.ts';
import { createSimulatedWindows } from '../../src/ras/simulated/windows.ts';
import { consistentExposition } from '../support/consistent.ts';
import { startTestExporter } from '../support/exporter.ts';
import { promtoolFindings } from '../support/promtool.ts';
import { isMissing } from '../support/requirements.ts';

const OPENMETRICS = { Accept: 'application/openmetrics-text;version=1.0.0' };
/** For calls that hang. */
const IMPATIENT = { 'X-Prometheus-Scrape-Timeout-Seconds': '0.4' };
const SECOND = 1000;

/** Seconds after the start at which `api-trouble.yaml` is in another trouble each, and others have seen their failures. */
const MOMENTS = [0, 7, 31, 62, 130, 190, 250, 310, 365, 425, 490, 590];

/** What a scenario is about, and has to be among what was checked. */
const SHOWN: Readonly<Record<string, string>> = {
  'api-trouble.yaml': 'ras_api_errors_total{',
  'failures.yaml': 'error_code="0x800B0109"',
  'hostile-names.yaml': '\\"',
};

const folder = resolve(import.meta.dirname, '../../scenarios');
const scenarios = [
  ...readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name, () => readScenario(join(folder, name))] as const),
  ['the built-in one', () => BUILTIN_SCENARIO] as const,
];

let running: Awaited<ReturnType<typeof startTestExporter>> | undefined;
afterEach(async () => {
  await running?.exporter.stop(0);
  running = undefined;
});

describe.skipIf(isMissing('promtool'))('promtool check metrics', { timeout: 60_000 }, () => {
  it.each(scenarios)('finds nothing in %s, also right after OpenMetrics', async (name, read) => {
    const clock = { now: 0 };
    running = await startTestExporter(createSimulatedWindows({ scenario: read(), clock: () => clock.now }));
    let checked = '';
    for (const seconds of MOMENTS) {
      clock.now = seconds * SECOND;
      const open = await running.get('/metrics', { ...OPENMETRICS, ...IMPATIENT });
      expect(open.body.endsWith('\n# EOF\n')).toBe(true);
      const text = await running.get('/metrics', IMPATIENT);
      consistentExposition(text.body);
      expect(await promtoolFindings(text.body), `after ${seconds} s`).toBe('');
      checked += text.body;
    }
    expect(checked).toContain('ras_dial_duration_seconds_bucket{');
    expect(checked.includes(SHOWN[name] ?? 'ras_up 1'), `${name} shows what it is about`).toBe(true);
  });

  it('does find what is wrong: its silence means something', async () => {
    expect(await promtoolFindings('# TYPE ras_dials counter\nras_dials 1\n')).toContain('_total');
    expect(await promtoolFindings('ras_up{entry="a} 1\n')).toContain('exit code');
  });
});
