/**
 * Garbage in everything that the functions of all three DLLs write, through the whole chain: bindings, collectors, scrape, text.
 *
 * Whatever Windows says, a scrape answers with text that a Prometheus server accepts, that does not contradict itself, and whose
 * counters do not fall.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCollectors } from '../../src/collectors/index.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { resolveConfig } from '../../src/config/config.ts';
import { OPENMETRICS, TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { openAdvapi32 } from '../../src/ras/advapi32/advapi32.ts';
import { RAS_FUNCTIONS } from '../../src/ras/api.ts';
import { openRasapi32 } from '../../src/ras/rasapi32/rasapi32.ts';
import { EVT_FUNCTIONS } from '../../src/ras/wevtapi/prototypes.ts';
import { openWevtapi } from '../../src/ras/wevtapi/wevtapi.ts';
import type { Windows } from '../../src/ras/windows.ts';
import { consistentExposition } from '../support/consistent.ts';
import { behave, buildDouble, type Directive, DoubleScript } from '../support/double.ts';
import { service } from '../support/double-services.ts';
import { event } from '../support/double-wevtapi.ts';
import type { Series } from '../support/exposition.ts';
import { mixedMachine } from '../support/mixed.ts';
import { isMissing } from '../support/requirements.ts';

const CASES = 100_000;
const SCRAPES_PER_MACHINE = 20;

const FUNCTIONS = [...RAS_FUNCTIONS, ...EVT_FUNCTIONS, 'QueryServiceStatusEx'] as const;

const CO_ID = '{0A0B0C0D-0E0F-0001-0203-040506070809}';
const truth: readonly Directive[] = [
  ...mixedMachine,
  service({ name: 'RasMan', state: 4 }),
  event({ recordId: 1, eventId: 20_221, data: [CO_ID, 'alice', 'VPN', 'per-user', 'Büro 東京', ''] }),
  event({ recordId: 2, eventId: 20_222, data: [CO_ID, 'alice', 'Büro 東京', ''] }),
  event({ recordId: 3, eventId: 20_227, data: [CO_ID, 'alice', 'Büro 東京', '-2146762495'] }),
  event({ recordId: 4, eventId: 20_226, data: [CO_ID, 'alice', 'x\ud800', '631'] }),
];

describe.skipIf(isMissing('gcc', 'stdio.h'))('whatever the functions of all DLLs write', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ras-garbage-'));
  const double = new DoubleScript(folder);
  let paths: { readonly rasapi32: string; readonly wevtapi: string; readonly advapi32: string };
  let fuzzed: () => number;

  beforeAll(async () => {
    const [rasapi32, wevtapi, advapi32] = await Promise.all([
      buildDouble('linux'),
      buildDouble('linux', [], 'wevtapi'),
      buildDouble('linux', [], 'advapi32'),
    ]);
    paths = { rasapi32, wevtapi, advapi32 };
    const counters = [rasapi32, wevtapi, advapi32].map((path) => koffi.load(path).func('FuzzedAnswers', 'uint32', []));
    fuzzed = () => counters.reduce((sum, counter) => sum + Number(counter()), 0);
    // The log of so many calls would be most of what this does.
    process.env.RASDOUBLE_SCRIPT = double.env.linux.RASDOUBLE_SCRIPT;
    delete process.env.RASDOUBLE_LOG;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it(`${CASES} answers of garbage leave every scrape valid, and no counter falls`, { timeout: 240_000 }, async () => {
    const before = fuzzed();
    for (let seed = 1; fuzzed() - before < CASES; seed += 1) {
      // Each function in turn alone, then a few, then all of them.
      const lying = FUNCTIONS.filter((_, index) => seed % 3 === 0 || (seed * 7919 + index * 104_729) % 5 === 0);
      // Up to 20 elements, of which 16 fit the first buffer; thousands are what `rasapi32/fuzz.test.ts` is about.
      const setCount = seed % 21;
      double.play(...truth, ...lying.map((name) => behave({ function: name, fuzz: seed, setCount })));
      const windows: Windows = {
        name: 'rasapi32',
        ras: openRasapi32({ path: paths.rasapi32 }),
        eventLog: openWevtapi({ path: paths.wevtapi }),
        services: openAdvapi32({ path: paths.advapi32 }),
      };
      const scraper = new Scraper(windows, allCollectors(resolveConfig({ 'collector.events.since': ['3650d'] }, {})));
      let earlier: Series = new Map();
      for (let scrape = 0; scrape < SCRAPES_PER_MACHINE; scrape += 1) {
        const { families } = await scraper.scrape(10_000);
        const later = consistentExposition(await render(families, TEXT));
        for (const [series, value] of earlier) {
          if (/_(total|count|bucket)(\{|$)/.test(series))
            expect(later.get(series) ?? value, series).toBeGreaterThanOrEqual(value);
        }
        earlier = later;
        expect(await render(families, OPENMETRICS)).toMatch(/\n# EOF\n$/);
      }
    }
  });
});
