/** `npm run demo`, as somebody runs it and ends it with Ctrl+C. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endPrograms, type Program, startProgram } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';

const demo = resolve(import.meta.dirname, '../../scripts/demo.ts');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ras-demo-test-'));
});
afterEach(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true, force: true });
});

const start = (env: Readonly<Record<string, string>> = {}): Program =>
  startProgram(process.execPath, [demo], { env: { TMPDIR: folder, ...env }, detached: true });

/** What an address of it answers; 0 when nobody listens. */
async function status(url: string): Promise<number> {
  return fetch(url).then(
    (response) => response.status,
    () => 0,
  );
}

describe.skipIf(isMissing('prometheus', 'prometheus-alertmanager'))('the demo', { timeout: 60_000 }, () => {
  it('shows the exporter, Prometheus that scrapes it with the rules, and Alertmanager, until Ctrl+C', async () => {
    const program = start();
    await vi.waitFor(() => expect(program.stdout()).toContain('Ctrl+C'), { timeout: 40_000, interval: 100 });
    const address = (name: string) =>
      new RegExp(`^${name} +(http://127\\.0\\.0\\.1:\\d+)/`, 'm').exec(program.stdout())?.[1] ?? '';
    const prometheus = address('Prometheus');

    expect(await (await fetch(`${address('Exporter')}/metrics`)).text()).toContain(
      'ras_connection_up{entry="Black Hole"',
    );
    expect(await status(`${address('Alertmanager')}/-/healthy`)).toBe(200);
    expect(await (await fetch(`${prometheus}/api/v1/rules`)).text()).toContain('"name":"RasManyConnectionsDown"');
    await vi.waitFor(
      async () => {
        const answer = await (await fetch(`${prometheus}/api/v1/query?query=up`)).text();
        expect(answer).toMatch(/"job":"ras".*"1"\]/);
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(await (await fetch(`${prometheus}/api/v1/alertmanagers`)).text()).toContain(address('Alertmanager'));

    program.kill('SIGINT');
    expect(await program.ended).toMatchObject({ exitCode: 0, stderr: '' });
    for (const name of ['Exporter', 'Prometheus', 'Alertmanager']) expect(await status(address(name)), name).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says which package is missing', async () => {
    const { exitCode, stderr } = await start({ PATH: folder }).ended;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('sudo apt-get install prometheus prometheus-alertmanager');
  });
});
