import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const simulated = new URL('../../../src/ras/simulated/', import.meta.url).href;

/** Runs a program in a process of its own; what it prints. */
async function run(program: string): Promise<string> {
  const args = ['--input-type=module-typescript', '--no-warnings', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
  return stdout.trim();
}

describe('a process with the simulated API', () => {
  it('loads no YAML for the built-in scenario', async () => {
    const printed = await run(`
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
      const { createSimulatedApi } = await import('${simulated}simulated.ts');
      const { BUILTIN_SCENARIO } = await import('${simulated}builtin.ts');
      createSimulatedApi({ scenario: BUILTIN_SCENARIO });
      console.log(loaded.some((url) => url.endsWith('/builtin.ts')), loaded.filter((url) => /yaml|parse/.test(url)).length);
    `);
    expect(printed).toBe('true 0');
  });

  it('waits for a late answer that somebody waits for, and ends while a call hangs that nobody waits for', async () => {
    const printed = await run(`
      import { createSimulatedApi } from '${simulated}simulated.ts';
      import { parseScenario } from '${simulated}parse.ts';
      const api = createSimulatedApi({ scenario: parseScenario(
        'entries: []\\napi: [{ function: RasEnumEntriesW, delay: 200ms }, { function: RasEnumConnectionsW, hang: true }]',
        'test.yaml') });
      console.log((await api.enumEntries(new AbortController().signal)).length);
      // The timer of this signal does not keep the process alive: the hanging call must, as long as somebody waits.
      await api.enumConnections(AbortSignal.timeout(200)).catch((error) => console.log(error.name, api.hanging));
    `);
    expect(printed).toBe('0\nCallTimeout true');
  });
});
