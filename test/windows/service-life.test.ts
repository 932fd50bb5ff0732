/** The packaged exporter as a service, under Wine's own service control manager, with its sc and net. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { get } from '../support/exporter.ts';
import { freePort } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';
import { WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';
import { asWritten } from '../support/wine-eventlog.ts';
import { openServiceBench, type ServiceBench } from '../support/wine-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-service-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the interface promises. */
const STOP_WITHIN_MS = 5000;

/** A value that Windows would take apart, or put something in the place of: a pattern that matches nothing. */
const HOSTILE = String.raw`a "b c\\" %TEMP% 100% %%SystemRoot%% ü東京 \\`;

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))(
  'the service on Wine',
  { timeout: WINE_SETUP_TIMEOUT_MS },
  () => {
    let bench: ServiceBench;
    let port: number;
    let url: string;

    beforeAll(async () => {
      bench = await openServiceBench();
    }, WINE_SETUP_TIMEOUT_MS);
    afterAll(() => bench.close());
    afterEach(async () => {
      await bench.exporter('service', 'uninstall');
    });

    async function install(...flags: readonly string[]) {
      port = await freePort();
      url = `http://127.0.0.1:${port}`;
      const address = `--web.listen-address=127.0.0.1:${port}`;
      // Wine, when it has just started, starts what is to be started with Windows.
      return bench.exporter('service', 'install', '--service.start=demand', address, '--ras.api=simulated', ...flags);
    }

    it('is installed, starts, answers, stops in time, and leaves nothing when it is removed', async () => {
      const before = await bench.registry();
      expect(await bench.exporter('service', 'status')).toMatchObject({
        exitCode: 4,
        text: 'There is no service ras_exporter.\n',
      });
      const log = bench.records().length;
      expect(
        await install('--log.level=debug', '--log.format=json', `--collector.connections.exclude=${HOSTILE}`),
      ).toMatchObject({
        exitCode: 0,
      });
      expect(await bench.exporter('service', 'status')).toMatchObject({
        exitCode: 3,
        text: expect.stringMatching(
          /^state: +stopped\nstart: +demand\naccount: +LocalSystem\ncommand line: .* service run /m,
        ),
      });
      expect(await bench.exporter('service', 'start')).toMatchObject({
        exitCode: 0,
        text: expect.stringMatching(/^The service ras_exporter is running \(process \d+\)\.$/m),
      });
      expect((await get(`${url}/metrics`)).status).toBe(200);
      expect(await bench.query()).toEqual({ state: 'RUNNING', exitCode: 0, specificCode: 0 });
      expect(await bench.exporter('service', 'status')).toMatchObject({
        exitCode: 0,
        text: expect.stringMatching(/^state: +running\nprocess: +\d+$/m),
      });

      const asked = performance.now();
      expect(await bench.run('net', 'stop', 'ras_exporter')).toMatchObject({ exitCode: 0 });
      expect(performance.now() - asked).toBeLessThan(STOP_WITHIN_MS);
      expect(await bench.query()).toEqual({ state: 'STOPPED', exitCode: 0, specificCode: 0 });
      await expect.poll(() => bench.processes()).toEqual([]);

      const told = bench
        .records()
        .slice(log)
        .filter((text) => text.startsWith('{'))
        .map((text) => JSON.parse(asWritten(text)));
      expect(told[0]).toMatchObject({ msg: 'Started ras_exporter' });
      expect(told).toContainEqual(
        expect.objectContaining({ msg: 'Configuration', 'collector.connections.exclude': HOSTILE }),
      );
      expect(told.at(-1)).toEqual({ msg: 'Stopping', control: 'stop' });

      expect(await bench.exporter('service', 'uninstall')).toMatchObject({
        exitCode: 0,
        text: expect.stringContaining('Removed the service ras_exporter.'),
      });
      expect(await bench.registry()).toBe(before);
    });
  },
);
