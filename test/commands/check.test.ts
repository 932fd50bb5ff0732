/** What `ras_exporter check` says of connections when there is none to show. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { resolveConfig } from '../../src/config/config.ts';
import { parseScenario } from '../../src/ras/simulated/parse.ts';
import { createSimulatedWindows } from '../../src/ras/simulated/windows.ts';

const OFFICE = 'entries: [{ name: Office, timeline: [{ state: connected }] }]';

async function checkWith(yaml: string, flags: Parameters<typeof resolveConfig>[0], json = false) {
  const windows = createSimulatedWindows({ scenario: parseScenario(yaml, 'test.yaml') });
  return (await check(resolveConfig(flags, {}), windows, json)).text;
}

describe('ras_exporter check', () => {
  it('says that connections were not asked for when their collector is off', async () => {
    const flags = { 'collectors.disabled': ['connections'] };
    const text = await checkWith(OFFICE, flags);
    expect(text).toContain('Connections were not asked for.');
    expect(text).not.toContain('No connection');
    expect(text).toContain('collector phonebook: complete');
    expect(JSON.parse(await checkWith(OFFICE, flags, true))).toMatchObject({ connections: null });
  });

  it('says that there is none when it was told so', async () => {
    expect(await checkWith('entries: []', {})).toContain('No connection and no phone-book entry.');
    expect(JSON.parse(await checkWith('entries: []', {}, true))).toMatchObject({ connections: [] });
  });
});
