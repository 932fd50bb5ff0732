/**
 * Garbage in everything that a function can write, through the whole chain: binding, collector, scrape, text.
 *
 * Whatever Windows says, a scrape answers with text that a Prometheus server accepts and that does not contradict itself.
 */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { allCollectors } from '../../../src/collectors/index.ts';
import { Scraper } from '../../../src/collectors/scrape.ts';
import { resolveConfig } from '../../../src/config/config.ts';
import { OPENMETRICS, TEXT } from '../../../src/outputs/prometheus/accept.ts';
import { render } from '../../../src/outputs/prometheus/render.ts';
import { RAS_FUNCTIONS, type RasFunction } from '../../../src/ras/api.ts';
import { type Bench, soon, useBinding } from '../../support/binding.ts';
import { consistentExposition } from '../../support/consistent.ts';
import { behave, connection, type Directive, entry, properties, status } from '../../support/double.ts';
import { device, ikev2Projection, pppProjection, statistics } from '../../support/double-connected.ts';
import { type Series, seriesOf } from '../../support/exposition.ts';
import { machine } from '../../support/machine.ts';
import { isMissing } from '../../support/requirements.ts';

/** What is there when a function tells the truth. */
const truth: readonly Directive[] = [
  connection({ handle: 1n, entry: 'Office', phonebookPath: 'C:\\a.pbk', flags: 5, deviceName: 'WAN Miniport (IKEv2)' }),
  connection({ handle: 2n, entry: 'office', phonebookPath: 'C:\\A.PBK' }),
  connection({ handle: 3n, entry: 'Branch "1"\n\\', phonebookPath: 'C:\\b.pbk' }),
  // Of each two, one name once the lone surrogates are replaced.
  connection({ handle: 4n, entry: 'x\ud800', phonebookPath: 'C:\\b.pbk' }),
  connection({ handle: 5n, entry: 'x\udfff', phonebookPath: 'C:\\b.pbk' }),
  entry({ entry: 'y\ud800', phonebookPath: 'C:\\b.pbk' }),
  entry({ entry: 'y\udfff', phonebookPath: 'C:\\b.pbk' }),
  status({ handle: 2n, state: 0x2001, error: 809 }),
  entry({ entry: 'Office', phonebookPath: 'C:\\a.pbk', allUsers: true }),
  entry({ entry: 'Idle', phonebookPath: 'C:\\b.pbk' }),
  properties({ entry: 'Idle', options2: 0x2000_0000, extraBytes: 3000 }),
  statistics({ handle: 1n, bytesReceived: 5000, framesReceived: 5, connectDuration: 60_000 }),
  ikev2Projection({ handle: 1n, ipv4Address: '0a000002', authenticationProtocol: 1, encryptionMethod: 5 }),
  pppProjection({ handle: 3n, ipv6Address: '0200000000000001', authenticationProtocol: 0xc223 }),
  device({ deviceType: 'vpn', deviceName: 'WAN Miniport (IKEv2)' }),
];

/** What to lie about. */
interface Lie {
  readonly functions: readonly RasFunction[];
  /** Of what they write and return. */
  readonly seed: number;
  /** How many elements they say there are; `undefined`: that, too, is garbage. */
  readonly count: number | undefined;
}

const functions = fc.subarray([...RAS_FUNCTIONS], { minLength: 1 });

const SCRAPES_PER_CASE = 10;

/** Counters only rise while their series is there. */
function expectRisen(before: Series, after: Series): void {
  const rising = ['ras_api_calls_total', 'ras_connection_failures_total', 'ras_connection_received_bytes_total'];
  for (const name of rising) {
    const later = seriesOf(after, name);
    for (const [labels, value] of Object.entries(seriesOf(before, name))) {
      expect(later[labels] ?? value, `${name}${labels}`).toBeGreaterThanOrEqual(value);
    }
  }
}

async function scrapeLies(bench: Bench, { functions: lying, seed, count }: Lie): Promise<void> {
  const setCount = count === undefined ? {} : { setCount: count };
  bench.double.play(...truth, ...lying.map((name) => behave({ function: name, fuzz: seed, ...setCount })));
  const scraper = new Scraper(machine(bench.ras), allCollectors(resolveConfig({}, {})));
  let before: Series = new Map();
  for (let scrape = 0; scrape < SCRAPES_PER_CASE; scrape += 1) {
    const { families } = await scraper.scrape(5000);
    const text = await render(families, TEXT);
    const after = consistentExposition(text);
    expectRisen(before, after);
    before = after;
    expect(await render(families, OPENMETRICS)).toMatch(/\n# EOF\n$/);
  }
}

describe.skipIf(isMissing('gcc', 'stdio.h'))('whatever the functions write', () => {
  const bench = useBinding();

  beforeEach(() => {
    // The log of so many calls would be most of what this does.
    delete process.env.RASDOUBLE_LOG;
  });

  it('a scrape is valid and does not contradict itself', { timeout: 60_000 }, async () => {
    const lies = fc.record({ functions, seed: fc.nat(), count: fc.constantFrom(0, 1, 2, 15, 16, 17, 33) });
    await fc.assert(
      fc.asyncProperty(lies, (lie) => scrapeLies(bench, lie)),
      { numRuns: 200, seed: 20_227 },
    );
  });

  it('and however many elements they say there are', { timeout: 60_000 }, async () => {
    const lies = fc.record({ functions, seed: fc.nat(), count: fc.constant(undefined) });
    await fc.assert(
      fc.asyncProperty(lies, (lie) => scrapeLies(bench, lie)),
      { numRuns: 2, seed: 20_221 },
    );
  });

  it('the text of an error is no longer than its buffer, or there is none', { timeout: 60_000 }, async () => {
    bench.double.play(behave({ function: 'RasGetErrorStringW', fuzz: 1 }));
    for (let attempt = 0; attempt < 500; attempt += 1) {
      const text = await bench.ras.getErrorString(809, soon()).catch((error: unknown) => {
        expect(error).toMatchObject({ name: 'CallError', function: 'RasGetErrorStringW' });
        return '';
      });
      expect(text.length).toBeLessThanOrEqual(512);
    }
  });
});
