/** The configuration file on Wine: as Windows' own editors write it, read and read again by the packaged exporter. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { onWine } from '../../scripts/wine-prefix.ts';
import { get } from '../support/exporter.ts';
import { isMissing } from '../support/requirements.ts';
import { runOnWine, startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** With a byte order mark, and line ends of two characters. */
function write(...lines: readonly string[]): string {
  const path = join(folder, 'ras.yml');
  writeFileSync(path, `\ufeff${lines.map((line) => `${line}\r\n`).join('')}`);
  return onWine(path);
}

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))(
  'a configuration file on Wine',
  {
    timeout: WINE_SETUP_TIMEOUT_MS,
  },
  () => {
    let exporter: WineExporter | undefined;
    afterEach(() => exporter?.stop());

    it('is read at the start and by a reload', async () => {
      const always = ['web:', '  enable-lifecycle: true', 'ras.api: simulated'];
      const file = write(...always);
      exporter = await startOnWine({ dll: 'builtin', args: [`--config.file=${file}`] });
      const { url } = exporter;
      expect((await get(`${url}/metrics`)).body).toContain('entry="Head Office"');
      write(...always, 'collector.connections.exclude: Head.*');
      expect(await get(`${url}/-/reload`, {}, 'POST')).toMatchObject({ status: 200 });
      expect((await get(`${url}/metrics`)).body).not.toContain('entry="Head Office"');
      write(...always, 'collector.connections.exclude: (');
      expect(await get(`${url}/-/reload`, {}, 'POST')).toMatchObject({
        status: 500,
        body: expect.stringContaining(`${file}:4: collector.connections.exclude must be a regular expression`),
      });
      expect(await exporter.terminate()).toBe(0);
    });

    it('is checked', async () => {
      const file = write('log:', '  file: C:\\logs\\ras.log', '  levle: info');
      const args = ['config', 'check', file];
      const { exitCode, log } = await runOnWine({ dll: 'builtin', args });
      expect(exitCode).toBe(2);
      expect(log).toContain(`:3: log.levle: there is no such setting; did you mean log.level?`);
      write('log:', '  file: C:\\logs\\ras.log');
      const right = await runOnWine({ dll: 'builtin', args });
      expect(right.exitCode).toBe(0);
      expect(right.log).toMatch(/^log\.file: "C:\\\\logs\\\\ras\.log" +# /m);
    });
  },
);
