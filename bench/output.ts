/** What the output alone costs: CPU time from families to bytes, without collecting, compressing or sending. */
import { allCollectors } from '../src/collectors/index.ts';
import { Scraper } from '../src/collectors/scrape.ts';
import { resolveConfig } from '../src/config/config.ts';
import type { Family } from '../src/metrics/metric.ts';
import { OPENMETRICS } from '../src/outputs/prometheus/accept.ts';
import { comparable, ENCODERS, type EncoderName } from './encoders.ts';
import { median } from './measure.ts';
import { assertSameBytes } from './scrape.ts';
import { simulatedMachine } from './simulated.ts';

const ROUNDS = 9;

/** Milliseconds of CPU per rendering. */
export async function outputCosts(connections: number): Promise<Readonly<Record<EncoderName, number>>> {
  const scraper = new Scraper(simulatedMachine(connections), allCollectors(resolveConfig({}, {})));
  const snapshots: (readonly Family[])[] = [];
  for (let index = 0; index < 8; index += 1) snapshots.push(comparable((await scraper.scrape(10_000)).families));
  for (const families of snapshots) await assertSameBytes(families);
  const renderings = Math.max(16, Math.ceil(20_000 / connections));
  const measure = async (name: EncoderName): Promise<number> => {
    const encode = ENCODERS[name]();
    const costs: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const before = process.cpuUsage();
      for (let index = 0; index < renderings; index += 1) {
        Buffer.from(await encode(snapshots[index % snapshots.length] ?? [], OPENMETRICS));
      }
      const { user, system } = process.cpuUsage(before);
      if (round > 0) costs.push((user + system) / 1000 / renderings);
    }
    return median(costs);
  };
  return { product: await measure('product'), hand: await measure('hand'), idiomatic: await measure('idiomatic') };
}
