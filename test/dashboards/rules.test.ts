/** The rules against what stands beside them: files, runbooks, tests, documentation, and the metrics that there are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DATASOURCE_UID, grafanaFile } from '../../dashboards/src/rules/grafana.ts';
import { prometheusFiles } from '../../dashboards/src/rules/prometheus.ts';
import { inlined, SEVERITIES } from '../../dashboards/src/rules/rule.ts';
import { rules } from '../../dashboards/src/rules/rules.ts';
import { THRESHOLDS } from '../../dashboards/src/rules/thresholds.ts';
import { declaredMetrics } from '../../scripts/docs.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (...path: readonly string[]) => readFileSync(join(root, ...path), 'utf8');
const { recordings, alerts } = rules();
const named = alerts.map((alert) => [alert.name, alert] as const);

describe('the files of the rules', () => {
  it('are those of the source (npm run rules)', () => {
    for (const [name, text] of Object.entries(prometheusFiles(rules())))
      expect(read('dashboards', 'prometheus', name), name).toBe(text);
    expect(read('dashboards', 'provisioning', 'alerting', 'ras.yaml')).toBe(grafanaFile(rules()));
  });

  it('have every alert in one of them', () => {
    const files = Object.values(prometheusFiles(rules())).map((text): RuleFile => parse(text));
    const found = files.flatMap(({ groups }) => groups.flatMap((group) => group.rules.map(({ alert }) => alert)));
    expect(found.filter((name) => name !== undefined).toSorted()).toEqual(alerts.map(({ name }) => name).toSorted());
  });
});

describe.each(named)('alert %s', (name, alert) => {
  it('says how urgent it is, what it is about, and what to do', () => {
    const files: RuleFile = parse(
      Object.values(prometheusFiles(rules())).find((text) => text.includes(`alert: ${name}\n`)) ?? '',
    );
    const rule = files.groups[0]?.rules.find((found) => found.alert === name);
    expect(name).toMatch(/^Ras([A-Z][a-z]+)+$/);
    expect(SEVERITIES).toContain(rule?.labels?.severity);
    expect(rule?.annotations?.summary).toMatch(/^[A-Z][^{}]*\.$/);
    expect(rule?.annotations?.description).toMatch(/\{\{.*\.$/);
    expect(rule?.annotations?.runbook_url).toBe(`${THRESHOLDS.runbooks}/${name}.md`);
    // What does not belong under labels makes an alert of its own with each value.
    expect(Object.keys(rule?.labels ?? {})).toEqual(['severity']);
  });

  it('has a runbook with what it means, how to see it, what to do, and commands', () => {
    const runbook = read('docs', 'runbooks', `${name}.md`);
    expect(runbook.startsWith(`# ${name}\n\nSeverity: ${alert.severity}.`)).toBe(true);
    const parts = [...runbook.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(parts).toEqual(['What it means', 'How to see it', 'What to do', 'Commands to run']);
    expect(runbook).toContain('```promql');
  });

  it('has a test that it fires, one that it stays silent, one that it resolves', () => {
    const { tests }: { readonly tests: readonly { readonly name: string }[] } = parse(
      read('dashboards', 'prometheus', 'tests', `${name}.yaml`),
    );
    for (const what of ['fires', 'is silent', 'resolves'])
      expect(
        tests.some((test) => test.name.startsWith(`${what} `)),
        what,
      ).toBe(true);
  });

  it('stands in the table of the documentation', () => {
    expect(read('docs', 'alerting.md')).toContain(`| [${name}](runbooks/${name}.md) | ${alert.severity} |`);
  });
});

it('every runbook is that of an alert', () => {
  const runbooks = readdirSync(join(root, 'docs', 'runbooks')).map((name) => name.replace(/\.md$/, ''));
  expect(runbooks.toSorted()).toEqual(alerts.map(({ name }) => name).toSorted());
});

it('every recording stands in the documentation', () => {
  for (const { record, meaning } of recordings)
    expect(read('docs', 'alerting.md')).toContain(`| \`${record}\` | ${meaning} |`);
});

describe('the metrics that rules and runbooks name', () => {
  const metrics = declaredMetrics().flatMap((section) => section.metrics);
  const series = new Set(
    metrics.flatMap(({ name, kind }) => [
      name,
      ...(kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : []),
    ]),
  );
  const texts: readonly (readonly [string, string])[] = [
    ...alerts.map(({ name, expr }) => [name, inlined(expr, recordings)] as const),
    ...recordings.map(({ record, expr }) => [record, inlined(expr, recordings)] as const),
  ];

  it.each(texts)('exist: %s', (_, expr) => {
    const unquoted = expr.replaceAll(/"[^"]*"/g, '""');
    const names = [...unquoted.matchAll(/\b(?:ras|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name);
    expect(names.length + [...expr.matchAll(/\bup\{/g)].length).toBeGreaterThan(0);
    for (const name of names) expect(series).toContain(name);
  });

  // Prometheus marks no recorded series as ended when it is stopped: after a restart it stands beside the new one for five minutes,
  // and the join fails for all machines.
  it.each(texts.map(([name]) => name))('bring no label along from a recording: %s', (name) => {
    const { expr } = [...alerts, ...recordings.map((rule) => ({ name: rule.record, expr: rule.expr }))].find(
      (rule) => rule.name === name,
    ) ?? { expr: '' };
    expect(expr).not.toBe('');
    expect(expr).not.toMatch(/group_left \(\w+\) (?:\w+:)/);
  });

  it('have the labels that rules name', () => {
    const labels = new Set(metrics.flatMap(({ labelNames }) => labelNames));
    for (const [name, expr] of texts) {
      const lists = expr.matchAll(/\b(?:by|without|on|ignoring|group_left) \((?<list>[a-z_, ]*)\)/g);
      for (const { groups } of lists) {
        for (const label of (groups?.list ?? '').split(', ').filter((text) => text !== ''))
          expect([...labels, 'job', 'instance'], name).toContain(label);
      }
    }
  });
});

describe('the alerts of Grafana', () => {
  const file: GrafanaFile = parse(read('dashboards', 'provisioning', 'alerting', 'ras.yaml'));
  const grafanaRules = file.groups.flatMap((group) => group.rules);

  it('are the same, by name', () => {
    expect(grafanaRules.map(({ title }) => title)).toEqual(alerts.map(({ name }) => name));
  });

  it('have an identity that stays, of the length that Grafana takes', () => {
    expect(new Set(grafanaRules.map(({ uid }) => uid)).size).toBe(alerts.length);
    for (const { uid } of grafanaRules) expect(uid).toMatch(/^ras-[a-z-]{1,36}$/);
    expect(grafanaRules.map(({ uid }) => uid)).toContain('ras-many-connections-down');
  });

  it('ask the data source that is provisioned, and compare what was found', () => {
    const sources: { readonly datasources: readonly { readonly uid: string }[] } = parse(
      read('dashboards', 'provisioning', 'datasources', 'ras.yaml'),
    );
    expect(sources.datasources.map(({ uid }) => uid)).toEqual([DATASOURCE_UID]);
    for (const { data, condition } of grafanaRules) {
      expect(data.map(({ datasourceUid }) => datasourceUid)).toEqual([DATASOURCE_UID, '__expr__', '__expr__']);
      expect(data.map(({ refId }) => refId)).toEqual(['query', 'found', condition]);
      expect(data[0]?.model.expr).not.toMatch(/[a-z]:[a-z]/);
    }
  });

  it('stay as long as in Prometheus where a series is missing while there are others, at one evaluation a minute', () => {
    const evaluations = Object.fromEntries(
      grafanaRules.map(({ title, missing_series_evals_to_resolve: count }) => [title, count]),
    );
    expect(evaluations).toMatchObject({ RasConnectionDown: 3, RasManyConnectionsDown: 6, RasExporterAbsent: 1 });
  });

  it('write values as Grafana knows them', () => {
    for (const { annotations } of grafanaRules) expect(annotations.description).not.toContain('$value ');
    const silent = grafanaRules.find(({ title }) => title === 'RasExporterSilent');
    expect(silent?.annotations.description).toContain('{{ $values.query.Value | humanizeTimestamp }}');
  });
});

describe('the example for Alertmanager', () => {
  const file: AlertmanagerFile = parse(read('dashboards', 'prometheus', 'alertmanager.yaml'));

  it('makes one notification of the machines that have an alert', () => {
    expect(file.route.group_by).toEqual(['alertname', 'job']);
  });

  it('names alerts that there are', () => {
    const matchers = file.inhibit_rules.flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers]);
    for (const matcher of matchers.filter((text) => text.startsWith('alertname'))) {
      const pattern = /"(?<pattern>.*)"/.exec(matcher)?.groups?.pattern ?? '';
      expect(
        alerts.some(({ name }) => new RegExp(`^(?:${pattern})$`).test(name)),
        matcher,
      ).toBe(true);
    }
  });

  // Else the alerts of each are told first.
  it('has the alert about many fire before those of each', () => {
    const wait = (name: string) => Number.parseInt(alerts.find((alert) => alert.name === name)?.for ?? '0', 10);
    expect(wait('RasManyConnectionsDown')).toBeLessThan(wait('RasConnectionDown'));
    expect(wait('RasManyMachinesFailing')).toBeLessThan(wait('RasNetworkFailing'));
    // A machine that has fallen asleep is none of many.
    for (const name of ['RasManyConnectionsDown', 'RasManyMachinesFailing'])
      expect(wait(name)).toBeGreaterThan(Number.parseInt(THRESHOLDS.reportedWithin, 10));
  });
});

describe('compose.yaml', () => {
  const file: ComposeFile = parse(read('compose.yaml'));

  it('brings exporter, Prometheus, Alertmanager and Grafana, on this machine only', () => {
    expect(Object.keys(file.services)).toEqual(['exporter', 'prometheus', 'alertmanager', 'grafana']);
    for (const { ports } of Object.values(file.services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('mounts what there is', () => {
    for (const { volumes } of Object.values(file.services)) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        expect(existsSync(join(root, source)), volume).toBe(true);
      }
    }
  });

  it('names the services as the configurations do', () => {
    expect(read('dashboards', 'prometheus', 'prometheus.yaml')).toContain('[alertmanager:9093]');
    expect(read('dashboards', 'prometheus', 'prometheus.yaml')).toContain('[exporter:10600]');
    expect(read('dashboards', 'provisioning', 'datasources', 'ras.yaml')).toContain('url: http://prometheus:9090');
  });
});

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

interface AlertmanagerFile {
  readonly route: { readonly group_by: readonly string[] };
  readonly inhibit_rules: readonly {
    readonly source_matchers: readonly string[];
    readonly target_matchers: readonly string[];
  }[];
}

interface GrafanaFile {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly uid: string;
      readonly title: string;
      readonly condition: string;
      readonly missing_series_evals_to_resolve: number;
      readonly annotations: Readonly<Record<string, string>>;
      readonly data: readonly {
        readonly refId: string;
        readonly datasourceUid: string;
        readonly model: { readonly expr?: string };
      }[];
    }[];
  }[];
}

interface ComposeFile {
  readonly services: Readonly<
    Record<string, { readonly ports: readonly string[]; readonly volumes: readonly string[] }>
  >;
}
