/**
 * Reads the event log by the exporter's own binding, for `bundleForWine`. Arguments: koffi.node (as every script there gets), Unix
 * time in milliseconds to begin with, records of one read at most, milliseconds that a read may take. Prints JSON: what the
 * reads found, or why the last of them failed.
 */
import type { EventBatch, EventPosition, EventStart } from '../../src/ras/event-log.ts';
import { openWevtapi } from '../../src/ras/wevtapi/wevtapi.ts';

const [since = '0', limit = '1000', patience = '60000'] = process.argv.slice(3);
const log = openWevtapi();
const batches: EventBatch[] = [];
const started = performance.now();

async function readOn(from: EventPosition | EventStart): Promise<void> {
  const batch = await log.read(from, Number(limit), AbortSignal.timeout(Number(patience)));
  batches.push(batch);
  if (batch.more) await readOn(batch.position);
}

async function run(): Promise<void> {
  const error = await readOn({ since: Number(since) }).then(
    () => undefined,
    (thrown: unknown) =>
      thrown instanceof Error ? { message: thrown.message, ...Object.fromEntries(Object.entries(thrown)) } : thrown,
  );
  const found = {
    milliseconds: performance.now() - started,
    error,
    records: batches.reduce((total, { records }) => total + records.length, 0),
    first: batches[0]?.records[0],
    last: batches.at(-1)?.records.at(-1),
    reads: batches.map(({ records, ...rest }) => ({ ...rest, records: records.length })),
  };
  console.log(JSON.stringify(found, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)));
}

void run();
