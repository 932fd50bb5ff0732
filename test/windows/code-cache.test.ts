/** The code cache of the package, which was made on Wine by the package's own node.exe. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onWine } from '../../scripts/wine-prefix.ts';
import { get } from '../support/exporter.ts';
import { isMissing } from '../support/requirements.ts';
import { startOnWine, WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-cache-'));
const report = join(folder, 'report');
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(isMissing('wine'))('the code cache of the Windows package', () => {
  it('is accepted by node.exe, and the exporter serves', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    const exporter = await startOnWine({
      dll: 'builtin',
      preload: [resolve(import.meta.dirname, '../support/report-cache.cjs')],
      env: { CACHE_REPORT: onWine(report) },
    });
    try {
      expect(readFileSync(report, 'utf8')).toBe('accepted');
      expect((await get(`${exporter.url}/metrics`)).body).toContain('\nras_up 1\n');
      expect(await exporter.terminate()).toBe(0);
    } finally {
      exporter.stop();
    }
  });
});
