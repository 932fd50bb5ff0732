/** What a scrape costs: CPU time of the server and time to the last byte, for three encoders and three sizes. */
import { ENCODERS, type EncoderName } from './encoders.ts';
import { get, median, quantile, start } from './measure.ts';

export const SIZES = [3, 100, 1000] as const;
const NAMES: readonly EncoderName[] = ['product', 'hand', 'idiomatic'];
const ROUNDS = 5;

export interface ScrapeCost {
  /** Milliseconds of CPU per scrape. */
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
}

export type ScrapeCosts = Readonly<Record<EncoderName, ScrapeCost>>;

/** Costs with `connections` connections; the encoders take turns, so that a busy moment of the machine hits them all. */
export async function scrapeCosts(connections: number, headers: Record<string, string>): Promise<ScrapeCosts> {
  const scrapes = connections >= 1000 ? 60 : 300;
  const servers = await Promise.all(
    NAMES.map((name) => start(['bench/server.ts', name, String(connections)], /^(\d+)\n/)),
  );
  try {
    const cpu: Record<EncoderName, number[]> = { product: [], hand: [], idiomatic: [] };
    const times: Record<EncoderName, number[]> = { product: [], hand: [], idiomatic: [] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [index, name] of NAMES.entries()) {
        const port = servers[index]?.port ?? 0;
        const before = Number(await get(port, '/cpu'));
        const took: number[] = [];
        for (let scrape = 0; scrape < scrapes; scrape += 1) {
          const began = performance.now();
          await get(port, '/metrics', headers);
          took.push(performance.now() - began);
        }
        const used = Number(await get(port, '/cpu')) - before;
        // The first round warms up.
        if (round > 0) {
          cpu[name].push(used / 1000 / scrapes);
          times[name].push(...took);
        }
      }
    }
    const cost = (name: EncoderName): ScrapeCost => ({
      cpu: median(cpu[name]),
      p50: quantile(times[name], 0.5),
      p99: quantile(times[name], 0.99),
    });
    return { product: cost('product'), hand: cost('hand'), idiomatic: cost('idiomatic') };
  } finally {
    for (const { child } of servers) child.kill('SIGKILL');
  }
}

/** The three must give the same bytes, or comparing them says nothing. */
export async function assertSameBytes(
  families: Parameters<ReturnType<(typeof ENCODERS)['product']>>[0],
): Promise<void> {
  const { OPENMETRICS, TEXT } = await import('../src/outputs/prometheus/accept.ts');
  for (const format of [TEXT, OPENMETRICS]) {
    const [product, ...others] = await Promise.all(NAMES.map((name) => ENCODERS[name]()(families, format)));
    for (const other of others) if (other !== product) throw new Error(`encoders differ in ${format.name}`);
  }
}
