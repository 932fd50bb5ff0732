/** `ras_exporter check` on Windows: one look at the machine, for people and for programs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { behave, type Directive, DoubleScript, errorString } from '../support/double.ts';
import { mixedMachine } from '../support/mixed.ts';
import { isMissing } from '../support/requirements.ts';
import { runOnWine, WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-check-'));
const double = new DoubleScript(folder);
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))(
  'ras_exporter check on Windows',
  {
    timeout: WINE_SETUP_TIMEOUT_MS,
  },
  () => {
    function check(args: readonly string[], ...script: readonly Directive[]) {
      double.play(...script);
      return runOnWine({ dll: 'double', doubles: ['wevtapi'], args: ['check', ...args], env: double.env.wine });
    }

    it('shows every connection in a line, its error in the words of Windows, and ends with code 0', async () => {
      const { exitCode, log } = await check(
        [],
        ...mixedMachine,
        errorString({ code: 809, text: 'Zeitüberschreitung' }),
      );
      expect(exitCode).toBe(0);
      const lines = log.split('\n');
      expect(lines[0]).toBe('API: rasapi32');
      const line = (start: string) => lines.find((text) => text.startsWith(start));
      expect(line('Büro 東京')).toMatch(/all_users +connected +no +ikev2 +vpn\.example\.com$/);
      expect(line('Of Alice')).toMatch(/user:[0-9a-f]{8} +connected +\? +sstp +sstp\.example\.com$/);
      expect(line('Always On')).toMatch(/all_users +authenticating +yes$/);
      expect(line('Idle')).toMatch(/all_users +disconnected +no +l2tp +idle\.example\.com$/);
      expect(line('Branch')).toMatch(/failed +no +809 ERROR_VPN_TIMEOUT: Zeitüberschreitung$/);
      expect(log).toMatch(/collector connections: complete, [\d.]+ s/);
    });

    it('says the same as JSON', async () => {
      const { exitCode, log } = await check(['--json'], ...mixedMachine);
      expect(exitCode).toBe(0);
      const said: unknown = JSON.parse(log);
      expect(said).toMatchObject({
        api: 'rasapi32',
        connections: expect.arrayContaining([
          expect.objectContaining({ entry: 'Büro 東京', state: 'connected', stateCode: 'RASCS_Connected' }),
          expect.objectContaining({
            entry: 'Branch',
            state: 'failed',
            error: expect.objectContaining({ code: '809', name: 'ERROR_VPN_TIMEOUT', meaning: 'Text of error 809' }),
          }),
        ]),
        collectors: expect.arrayContaining([
          expect.objectContaining({ collector: 'connections', success: true, timedOut: false, problems: [] }),
        ]),
      });
    });

    it('says what could not be read, and ends with code 1', async () => {
      const { exitCode, log } = await check([], ...mixedMachine, behave({ function: 'RasEnumEntriesW', returns: 5 }));
      expect(exitCode).toBe(1);
      expect(log).toContain('collector connections: INCOMPLETE');
      expect(log).toContain('RasEnumEntriesW returned 5 ERROR_ACCESS_DENIED');
    });

    it('ends with code 1, and with what it knows, when a call does not return', async () => {
      const hang = behave({ function: 'RasEnumEntriesW', hang: true });
      const { exitCode, log } = await check(['--scrape.timeout=1s'], ...mixedMachine, hang);
      expect(exitCode).toBe(1);
      expect(log).toMatch(/^Büro 東京 .* connected/m);
      expect(log).toMatch(/RasEnumEntriesW has not returned within/);
    });

    it('says what is wrong in one line when the DLL cannot be used', async () => {
      double.play();
      const { exitCode, log } = await runOnWine({
        dll: { without: ['RasEnumConnectionsW'] },
        args: ['check', '--ras.api=rasapi32'],
        env: double.env.wine,
      });
      expect(exitCode).toBe(1);
      expect(log.trimEnd()).toMatch(/^ras_exporter: RasEnumConnectionsW cannot be used: [^\n]+$/);
    });
  },
);
