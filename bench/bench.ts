/** `npm run bench`: measures, prints ratios, and writes them to `docs/performance.md`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bundle, recordCache } from '../scripts/bundle.ts';
import { eventsCost } from './events.ts';
import { PROMETHEUS_HEADERS } from './measure.ts';
import { outputCosts } from './output.ts';
import { type ScrapeCosts, SIZES, scrapeCosts } from './scrape.ts';
import { startCosts } from './startup.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs', 'performance.md');

const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);
const ratio = (value: number) => `${value.toFixed(2)}×`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function scrapeTable(costs: ReadonlyMap<number, ScrapeCosts>): string {
  return table(
    ['connections', 'CPU', 'p50', 'p99', 'CPU ÷ by hand', 'CPU ÷ idiomatic', 'p50 ÷ by hand', 'p99 ÷ by hand'],
    [...costs].map(([connections, { product, hand, idiomatic }]) => [
      String(connections),
      `${ms(product.cpu)} ms`,
      `${ms(product.p50)} ms`,
      `${ms(product.p99)} ms`,
      ratio(product.cpu / hand.cpu),
      ratio(product.cpu / idiomatic.cpu),
      ratio(product.p50 / hand.p50),
      ratio(product.p99 / hand.p99),
    ]),
  );
}

async function main(): Promise<void> {
  const folder = join(root, 'build', 'bench');
  await bundle(folder);
  await recordCache(folder);
  const gzip = new Map<number, ScrapeCosts>();
  const plain = new Map<number, ScrapeCosts>();
  const output: string[][] = [];
  for (const connections of SIZES) {
    gzip.set(connections, await scrapeCosts(connections, PROMETHEUS_HEADERS));
    plain.set(connections, await scrapeCosts(connections, { Accept: PROMETHEUS_HEADERS.Accept }));
    const { product, hand, idiomatic } = await outputCosts(connections);
    output.push([String(connections), `${ms(product)} ms`, ratio(product / hand), ratio(idiomatic / product)]);
  }
  const { product, bare } = await startCosts(join(folder, 'ras_exporter.cjs'));
  const log = await eventsCost();
  const text = `Node.js ${process.version}, ${process.platform}-${process.arch}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}.

A scrape as Prometheus sends it (OpenMetrics, gzip), whole: calls of the simulated API, collector, output, compression, node:http.

${scrapeTable(gzip)}

The same without compression.

${scrapeTable(plain)}

The output alone: from families to bytes.

${table(['connections', 'CPU', 'CPU ÷ by hand', 'idiomatic CPU ÷ ours'], output)}

The bundle against a bare \`node:http\` server: start to the first successful scrape, and resident memory a second later.

${table(
  ['', 'ras_exporter', 'bare server', ''],
  [
    ['start', `${ms(product.start)} ms`, `${ms(bare.start)} ms`, ratio(product.start / bare.start)],
    ['memory', `${ms(product.memory)} MB`, `${ms(bare.memory)} MB`, `+ ${ms(product.memory - bare.memory)} MB`],
  ],
)}

100,000 records of the event log that nobody had read, from a wevtapi.dll of our own, whose work is in the figures: CPU of a scrape.

${table(
  ['scrapes until all are counted', 'median', 'most', 'nothing new'],
  [[String(log.scrapes), `${ms(log.median)} ms`, `${ms(log.most)} ms`, `${ms(log.idle)} ms`]],
)}`;
  process.stdout.write(`${text}\n`);
  const before = readFileSync(page, 'utf8');
  const marked = /(<!-- figures -->\n)[\s\S]*(\n<!-- end of figures -->)/;
  if (!marked.test(before)) throw new Error(`${page} has no place for the figures`);
  writeFileSync(
    page,
    before.replace(marked, (_, head: string, tail: string) => `${head}${text}${tail}`),
  );
}

await main();
