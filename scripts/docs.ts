/** `npm run docs`: writes `docs/metrics.md`, the flags of `docs/configuration.md` and all codes of `docs/errors.md` from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCollectors } from '../src/collectors/index.ts';
import { scrapeMetrics } from '../src/collectors/scrape.ts';
import { resolveConfig } from '../src/config/config.ts';
import { environmentVariable, FLAGS, type Flag } from '../src/config/flags.ts';
import { buildMetrics } from '../src/metrics/build.ts';
import { heartbeatMetrics } from '../src/metrics/heartbeat.ts';
import type { Metric } from '../src/metrics/metric.ts';
import { processMetrics } from '../src/metrics/process.ts';
import { reloadMetrics } from '../src/metrics/reload.ts';
import { otlpMetrics } from '../src/outputs/otlp/exports.ts';
import { httpMetrics } from '../src/web/http-metrics.ts';
import { withErrors } from './errors-page.ts';

const docs = join(import.meta.dirname, '..', 'docs');

/** Every metric that the exporter may expose, by where it comes from. */
export function declaredMetrics(): readonly { readonly title: string; readonly metrics: readonly Metric[] }[] {
  const collectors = allCollectors(resolveConfig({}, {})).map(({ name, metrics, enabledByDefault }) => ({
    title: `Collector \`${name}\`${enabledByDefault ? '' : ' (off by default)'}`,
    metrics,
  }));
  return [
    ...collectors,
    { title: 'The exporter', metrics: [...buildMetrics, ...heartbeatMetrics, ...scrapeMetrics, ...reloadMetrics] },
    { title: 'OTLP push, when it is on', metrics: otlpMetrics },
    { title: 'Its process, unless `--web.disable-exporter-metrics`', metrics: [...httpMetrics, ...processMetrics] },
  ];
}

/** The page about metrics. */
export function metricsPage(): string {
  const sections = declaredMetrics().map(({ title, metrics }) => {
    const rows = metrics.map(
      ({ name, kind, labelNames, help }) =>
        `| \`${name}\` | ${kind} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${help.replaceAll('|', '\\|')} |`,
    );
    return [`## ${title}`, '', '| name | kind | labels | meaning |', '|---|---|---|---|', ...rows].join('\n');
  });
  return `${[
    '# Metrics',
    '',
    'Generated from the code by `npm run docs`. What the labels `entry` and `phonebook` mean, and how connections are folded into',
    'one series, stands in [collectors/connections.md](collectors/connections.md).',
    '',
    sections.join('\n\n'),
  ].join('\n')}\n`;
}

/** The table of flags. */
export function flagsTable(): string {
  const rows = (FLAGS as readonly (Flag & (typeof FLAGS)[number])[]).map(
    (flag) =>
      `| \`--${flag.name}${flag.value === undefined ? '' : ` <${flag.value}>`}\` | \`${environmentVariable(flag.name)}\` | ${
        flag.default === undefined ? '' : `\`${flag.default}\``
      } | ${flag.help.replaceAll('|', '\\|')} |`,
  );
  return ['| flag | variable | default | |', '|---|---|---|---|', ...rows].join('\n');
}

/** A page with the part between its markers replaced. */
export function withFlags(page: string): string {
  return page.replace(
    /(<!-- flags -->\n)[\s\S]*?(\n<!-- end of flags -->)/,
    (_, head: string, tail: string) => head + flagsTable() + tail,
  );
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(join(docs, 'metrics.md'), metricsPage());
  const rewrite = (name: string, change: (page: string) => string) =>
    writeFileSync(join(docs, name), change(readFileSync(join(docs, name), 'utf8')));
  rewrite('configuration.md', withFlags);
  rewrite('errors.md', withErrors);
}
