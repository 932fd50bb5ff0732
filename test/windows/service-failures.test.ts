/** A service that cannot start, or crashes, on Wine: what the event log and the service control manager are told. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onWine } from '../../scripts/wine-prefix.ts';
import { get } from '../support/exporter.ts';
import { freePort } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';
import { WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';
import { asWritten } from '../support/wine-eventlog.ts';
import { openServiceBench, type ServiceBench } from '../support/wine-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-service-failures-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SPECIFIC = 1066;

/** Preloaded: an error that nobody catches while the configuration file is read. */
const CRASH_ON_READ = `
const fs = require('node:fs');
const { readFileSync } = fs;
fs.readFileSync = (path, ...rest) => {
  if (String(path).endsWith('early.yml')) queueMicrotask(() => { throw new Error('too early'); });
  return readFileSync(path, ...rest);
};
`;

/** A service that has told nothing of its end. Windows would see that the process is gone (1067), Wine does not look. */
const UNTOLD = { state: 'RUNNING', exitCode: 0, specificCode: 0 };

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))(
  'a service on Wine',
  { timeout: WINE_SETUP_TIMEOUT_MS },
  () => {
    let bench: ServiceBench;
    let read = 0;

    beforeAll(async () => {
      bench = await openServiceBench();
    }, WINE_SETUP_TIMEOUT_MS);
    afterAll(() => bench.close());
    afterEach(async () => {
      await bench.exporter('service', 'uninstall');
      read = bench.records().length;
    });

    /** What this test had written to the event log. */
    const records = () => bench.records().slice(read).map(asWritten);

    /** A service with any command line, as other programs could have made it. */
    async function create(...args: readonly string[]) {
      const line = args.map((arg) => `"${arg}"`).join(' ');
      const created = await bench.run('sc', 'create', 'ras_exporter', 'binPath=', line, 'start=', 'demand');
      expect(created.exitCode).toBe(0);
    }

    async function expectFailedStart(code: 1 | 2, reason: RegExp) {
      const { exitCode, text } = await bench.exporter('service', 'start');
      expect({ exitCode, text }).toEqual({ exitCode: 1, text: expect.stringContaining('event log') });
      expect(await bench.query()).toEqual({ state: 'STOPPED', exitCode: SPECIFIC, specificCode: code });
      expect(records().slice(-3)).toEqual(['source ras_exporter', 'type 1, id 102', expect.stringMatching(reason)]);
      await expect.poll(() => bench.processes()).toEqual([]);
      expect(await bench.exporter('service', 'status')).toMatchObject({
        exitCode: 3,
        text: expect.stringMatching(/^last end: +the service could not start/m),
      });
    }

    it('whose configuration file has become wrong says so, and stays stopped', async () => {
      const file = join(folder, 'config.yml');
      writeFileSync(file, 'log.level: info\n');
      const installed = await bench.exporter(
        'service',
        'install',
        '--service.start=demand',
        `--config.file=${onWine(file)}`,
      );
      expect(installed.exitCode).toBe(0);
      writeFileSync(file, 'log.levle: info\n');
      await expectFailedStart(2, /^msg="Cannot start" err=".*config\.yml:1: .*log\.levle.*log\.level/);
    });

    it('whose configuration file is gone says so', async () => {
      const file = join(folder, 'gone.yml');
      writeFileSync(file, '');
      await bench.exporter('service', 'install', '--service.start=demand', `--config.file=${onWine(file)}`);
      rmSync(file);
      await expectFailedStart(2, /^msg="Cannot start" err=".*gone\.yml/);
    });

    it('with a flag that does not exist says so', async () => {
      await create(...bench.program, 'service', 'run', '--web.listen-adress=:1');
      await expectFailedStart(
        2,
        /^msg="Cannot start" err="there is no flag --web\.listen-adress; did you mean --web\.listen-address\?/,
      );
    });

    it.each(['--version', '--help', '-h'])('that is told to print by %s says so', async (flag) => {
      await create(...bench.program, 'service', 'run', flag);
      await expectFailedStart(2, /^msg="Cannot start" err="service run takes the flags of the exporter only/);
    });

    it('that crashes before it has read its configuration says so, and is gone', async () => {
      const preload = join(folder, 'crash-on-read.cjs');
      writeFileSync(preload, CRASH_ON_READ);
      const file = join(folder, 'early.yml');
      writeFileSync(file, 'ras.api: simulated\n');
      const [executable, script] = bench.program;
      await create(executable, '-r', onWine(preload), script, 'service', 'run', `--config.file=${onWine(file)}`);
      expect((await bench.run('sc', 'start', 'ras_exporter')).exitCode).toBe(0);
      const told = expect.stringMatching(/^msg=Crashed err="too early"/);
      await expect.poll(records, { timeout: 10_000 }).toContainEqual(told);
      await expect.poll(() => bench.processes(), { timeout: 5000 }).toEqual([]);
      // Wine does not see that the process is gone, and would be asked for a minute whether it has started.
      await bench.run('sc', 'delete', 'ras_exporter');
    });

    it('whose port is in use says so in the event log, wherever its own log goes', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await once(taken, 'listening');
      const address = taken.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const log = join(folder, 'own.log');
      const flags = [`--web.listen-address=127.0.0.1:${port}`, '--ras.api=simulated', `--log.file=${onWine(log)}`];
      await bench.exporter('service', 'install', '--service.start=demand', ...flags);
      await expectFailedStart(1, new RegExp(`^msg="Cannot start" err="cannot listen on 127\\.0\\.0\\.1:${port}: `));
      taken.close();
    });

    describe('that runs', () => {
      const crashFile = join(folder, 'crash');

      async function startWith(...node: readonly string[]) {
        const port = await freePort();
        const [executable, script] = bench.program;
        const flags = [`--web.listen-address=127.0.0.1:${port}`, '--ras.api=simulated'];
        await create(executable, ...node, script, 'service', 'run', ...flags);
        expect((await bench.exporter('service', 'start')).exitCode).toBe(0);
        expect((await get(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
      }

      it.each(['exceptions', 'unhandled rejections'])(
        'and crashes by %s says why of the first, and does not report that it has stopped',
        async (how) => {
          const preload = resolve(import.meta.dirname, 'crash-on-file.cjs');
          await startWith('-r', onWine(preload), `--title=${onWine(crashFile)}`);
          writeFileSync(crashFile, how);
          await expect.poll(() => bench.processes(), { timeout: 10_000 }).toEqual([]);
          expect(records().at(-1)).toMatch(/^msg=Crashed err="nobody catches this" stack="Error: nobody catches this/);
          expect(await bench.query()).toEqual(UNTOLD);
          expect((await bench.exporter('service', 'start')).exitCode).toBe(0);
        },
      );

      it('and is killed can be started again', async () => {
        await startWith();
        for (const pid of bench.processes()) process.kill(pid, 'SIGKILL');
        await expect.poll(() => bench.processes()).toEqual([]);
        expect(await bench.query()).toEqual(UNTOLD);
        expect((await bench.exporter('service', 'start')).exitCode).toBe(0);
        expect(bench.processes()).toHaveLength(1);
      });
    });
  },
);
