/** The same exporter, scraped by Prometheus and pushing to VictoriaMetrics: both hold the same. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExporterProcess, startExporterProcess } from '../support/exporter-process.ts';
import { endPrograms } from '../support/program.ts';
import { type Prometheus, type QueryResult, startPrometheus } from '../support/prometheus.ts';
import { isMissing } from '../support/requirements.ts';
import { findVictoriaMetrics, startVictoriaMetrics, type VictoriaMetrics } from '../support/victoria-metrics.ts';

/** The query for machines that are silent stands there. */
const docs = resolve(import.meta.dirname, '../../docs/otlp.md');
const SETTLES = { timeout: 30_000, interval: 300 };
const HOSTILE = 'He said "up"\\\nand left';

const SCENARIO = `
entries:
  - { name: Office VPN, always_on: true, timeline: [{ state: connected }], repeat: false }
  - name: Flaky
    repeat: false
    timeline:
      - { state: connected, for: 2s }
      - { state: failed, error: 829, for: 1s }
      - { state: connecting, for: 1s }
      - { state: failed, error: 809 }
  - name: Visitor
    in_phonebook: false
    repeat: false
    timeline: [{ state: connected, for: 4s }, { state: disconnected }]
  - { name: ${JSON.stringify(HOSTILE)}, repeat: false, timeline: [{ state: failed, error: 0x800B0109 }] }
`;

/** What goes on changing while the connections stand still, or is about one of the two ways only. */
const MOVING =
  /^(ras_exporter_(scrape|collector)_.*seconds|ras_exporter_(heartbeat|otlp)|ras_api_calls|process_|nodejs_|ras_connection_(received|transmitted)_(bytes|frames)_)/;

const backend = await findVictoriaMetrics();
if ('missing' in backend) console.warn(`Skipped: ${backend.missing}`);
const program = 'program' in backend ? backend.program : undefined;

describe.skipIf(program === undefined || isMissing('prometheus'))(
  'VictoriaMetrics, pushed to, beside Prometheus, which scrapes',
  { timeout: 60_000 },
  () => {
    let folder: string;
    let exporter: ExporterProcess;
    let prometheus: Prometheus;
    let victoria: VictoriaMetrics;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'ras-otlp-parity-'));
      const scenario = join(folder, 'scenario.yaml');
      writeFileSync(scenario, SCENARIO);
      victoria = await startVictoriaMetrics(program ?? '', join(folder, 'victoria'));
      exporter = await startExporterProcess([
        `--simulation.scenario=${scenario}`,
        `--otlp.endpoint=${victoria.otlpEndpoint}`,
        '--otlp.interval=500ms',
      ]);
      prometheus = await startPrometheus({
        folder: join(folder, 'prometheus'),
        jobs: { ras: exporter.port },
        scrapeInterval: '500ms',
      });
    }, 60_000);
    afterAll(async () => {
      await endPrograms();
      rmSync(folder, { recursive: true });
    });

    it('holds the same series, with the same labels', async () => {
      await expect.poll(() => prometheus.value('ras_connection_failures_total{entry="Flaky"}'), SETTLES).toBe(2);
      await expect.poll(() => prometheus.query('{entry="Visitor",__name__=~"ras_connection_.+"}'), SETTLES).toEqual([]);
      const scraped = Object.keys(keyed((await prometheus.query(OURS)).map(withPlainBound)));
      expect(scraped.length).toBeGreaterThan(50);
      await expect
        .poll(async () => Object.keys(keyed((await now(victoria)).map(withPlainBound))).toSorted(), SETTLES)
        .toEqual(scraped.toSorted());
    });

    it('holds the same values', async () => {
      const settled = (results: readonly QueryResult[]) =>
        keyed(results.filter(({ labels: { __name__: name = '' } }) => !MOVING.test(name)).map(withPlainBound));
      const scraped = settled(await prometheus.query(OURS));
      expect(Object.keys(scraped).length).toBeGreaterThan(40);
      await expect.poll(async () => settled(await now(victoria)), SETTLES).toEqual(scraped);
    });

    it('has got nothing more of a connection since it has gone', async () => {
      const samples = await victoria.last('{entry="Visitor",__name__="ras_connection_up"}');
      expect(samples.map(({ value }) => value)).toEqual([1]);
      const [flaky] = await victoria.last('{entry="Flaky",__name__="ras_connection_up"}');
      expect((flaky?.time ?? 0) - (samples[0]?.time ?? 0)).toBeGreaterThan(500);
    });

    it('knows by the heartbeat alone that the exporter runs, and since when no more', async () => {
      const [silence = ''] = /^time\(\) - .*(?= > 300$)/m.exec(readFileSync(docs, 'utf8')) ?? [];
      const age = async () => {
        const [seconds, ...others] = await victoria.query(silence);
        expect(others).toEqual([]);
        return seconds ?? Number.NaN;
      };
      await expect.poll(age, SETTLES).toBeLessThan(4);
      exporter.kill('SIGTERM');
      await exporter.ended;
      await expect.poll(age, SETTLES).toBeGreaterThan(5);
    });
  },
);

/** Bounds of buckets are written `1.0` where they are scraped, and `1` where they are translated. */
function withPlainBound(result: QueryResult): QueryResult {
  const { le } = result.labels;
  return le === undefined ? result : { ...result, labels: { ...result.labels, le: String(Number(le)) } };
}

/** No metric of Prometheus itself; the HTTP server of the exporter is nothing that anybody asks over there. */
const OURS = '{__name__=~"(ras|process|nodejs)_.+",__name__!~"ras_exporter_http_.+"}';

/** The series that the last push brought. */
async function now(victoria: VictoriaMetrics): Promise<readonly QueryResult[]> {
  const samples = await victoria.last(OURS);
  const newest = Math.max(...samples.map(({ time }) => time));
  return samples.filter(({ time }) => time === newest);
}

/**
 * Without what each way says about where it comes from, and without empty labels, which are the same as none. Of the bounds of
 * histograms only the number counts (`1` or `1.0`).
 */
function keyed(results: readonly QueryResult[]): Record<string, number> {
  const origin =
    /^(job|instance|service\..*|host\..*|os\..*|(service|host|os|scope)_(name|version|instance_id|id|type))$/;
  return Object.fromEntries(
    results.map(({ labels, value }) => {
      const own = Object.entries(labels).filter(([name, text]) => !origin.test(name) && text !== '');
      for (const label of own) if (label[0] === 'le') label[1] = String(Number(label[1].replace('+Inf', 'Infinity')));
      return [JSON.stringify(own.toSorted(([a], [b]) => (a < b ? -1 : 1))), value];
    }),
  );
}
