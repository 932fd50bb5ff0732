/**
 * Alerts on their whole way: a scenario, the exporter, Prometheus with the rules, Alertmanager with the routes and inhibitions of
 * the example, a webhook. The rules are those of the project but for `for`, which is seconds instead of minutes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rules } from '../../dashboards/src/rules/rules.ts';
import { THRESHOLDS } from '../../dashboards/src/rules/thresholds.ts';
import { type Alertmanager, startAlertmanager } from '../support/alertmanager.ts';
import { startExporterProcess } from '../support/exporter-process.ts';
import { endPrograms } from '../support/program.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { isMissing } from '../support/requirements.ts';
import { type RuleFolder, ruleFolder } from '../support/rule-files.ts';

/** Played by each machine: a site of one server goes down, and a branch of another; twenty seconds later all is well. */
const SCENARIO = `
entries:
  - name: Site
    server: sites.example.com
    always_on: true
    repeat: false
    timeline: [{ state: connected, for: 6s }, { state: failed, error: 809, for: 20s }, { state: connected }]
  - name: Branch
    server: branch.example.com
    always_on: true
    repeat: false
    timeline: [{ state: connected, for: 6s }, { state: failed, error: 13801, for: 20s }, { state: connected }]
  - name: By hand
    server: sites.example.com
    repeat: false
    timeline: [{ state: connected, for: 6s }, { state: failed, error: 809 }]
`;

const QUICK = {
  ...THRESHOLDS,
  connectionDownFor: '5s',
  missedScrapeFor: '1s',
  manyDownFor: '1s',
  manyFailingFor: '2s',
  failingFor: '6s',
  manyKeepFiringFor: '4s',
};

/** One exporter as five machines, of which only the first has the branch. */
function fleet(port: number): object {
  return {
    job_name: 'ras',
    static_configs: [1, 2, 3, 4, 5].map((n) => ({ targets: [`127.0.0.1:${port}`], labels: { instance: `pc${n}` } })),
    metric_relabel_configs: [{ source_labels: ['instance', 'entry'], regex: 'pc[2-5];Branch', action: 'drop' }],
  };
}

describe.skipIf(isMissing('prometheus', 'prometheus-alertmanager'))('an alert', { timeout: 90_000 }, () => {
  let folder: string;
  let files: RuleFolder;
  let alertmanager: Alertmanager;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ras-alerts-'));
    files = ruleFolder(rules(QUICK));
    const scenario = join(folder, 'scenario.yaml');
    writeFileSync(scenario, SCENARIO);
    alertmanager = await startAlertmanager(folder);
    const exporter = await startExporterProcess([`--simulation.scenario=${scenario}`]);
    await startPrometheus({
      folder: join(folder, 'prometheus'),
      jobs: {},
      scrapeInterval: '500ms',
      config: {
        scrape_configs: [fleet(exporter.port)],
        rule_files: [join(files.path, 'ras-*.yaml')],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager.address] }] }] },
      },
    });
  }, 60_000);
  afterAll(async () => {
    await endPrograms();
    alertmanager.stop();
    files.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const told = (status: 'firing' | 'resolved', alertname: string) =>
    alertmanager.notified.filter(({ status: is, labels }) => is === status && labels.alertname === alertname);

  it('goes from the connection that fails to the people who are on call, one for a server and not one for each machine', async () => {
    await vi.waitFor(
      () => {
        expect(told('firing', 'RasManyConnectionsDown')).not.toEqual([]);
        expect(told('firing', 'RasConnectionDown')).not.toEqual([]);
      },
      { timeout: 40_000, interval: 200 },
    );
    expect(told('firing', 'RasManyConnectionsDown')[0]).toMatchObject({
      labels: { job: 'ras', server: 'sites.example.com', severity: 'critical' },
      annotations: {
        description:
          'On 5 machines of ras connections to sites.example.com should be up and are down: look at the server and at the way to it.',
        runbook_url: expect.stringMatching(/docs\/runbooks\/RasManyConnectionsDown\.md$/),
      },
    });
    expect(told('firing', 'RasConnectionDown').map(({ labels }) => labels.entry)).toEqual(['Branch']);
  });

  it('is resolved when the connections are up again', async () => {
    await vi.waitFor(
      () => {
        expect(told('resolved', 'RasManyConnectionsDown')).not.toEqual([]);
        expect(told('resolved', 'RasConnectionDown')).not.toEqual([]);
      },
      { timeout: 60_000, interval: 200 },
    );
    const entries = told('firing', 'RasConnectionDown').map(({ labels }) => labels.entry);
    expect(new Set(entries)).toEqual(new Set(['Branch']));
  });

  it('is held back where another says it better, and not where it speaks of another cause', async () => {
    const firing = (alertname: string, labels: object) => ({ labels: { alertname, job: 'vpn', ...labels } });
    await fetch(`http://${alertmanager.address}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        firing('RasManyConnectionsDown', { server: 'vpn.example.com', severity: 'critical' }),
        firing('RasManyMachinesFailing', { error_code: '809', category: 'network', severity: 'critical' }),
        firing('RasManyMachinesFailing', { error_code: '691', category: 'authentication', severity: 'critical' }),
        firing('RasNetworkFailing', { instance: 'pc1', error_code: '809', category: 'network', severity: 'warning' }),
        firing('RasExporterAbsent', { instance: 'pc2', severity: 'warning' }),
      ]),
    });
    const names = () =>
      alertmanager.notified
        .filter(({ labels }) => labels.job === 'vpn')
        .map(({ labels }) => [labels.alertname, labels.error_code].join(' ').trim());
    const expected = ['RasExporterAbsent', 'RasManyConnectionsDown', 'RasManyMachinesFailing 691'];
    await vi.waitFor(() => expect([...new Set(names())].toSorted()).toEqual(expected), {
      timeout: 15_000,
      interval: 200,
    });
  });
});
