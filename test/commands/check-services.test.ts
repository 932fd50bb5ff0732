/** `ras_exporter check` on a machine whose service RasMan does not run. */
import { describe, expect, it } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { resolveConfig } from '../../src/config/config.ts';
import { parseScenario } from '../../src/ras/simulated/parse.ts';
import { createSimulatedWindows } from '../../src/ras/simulated/windows.ts';

const OFFICE = 'entries: [{ name: Office, timeline: [{ state: connected }] }]';

function checkWith(services: string, json = false) {
  const yaml = services === '' ? OFFICE : `${OFFICE}\nservices: [{ service: RasMan, ${services} }]`;
  const windows = createSimulatedWindows({ scenario: parseScenario(yaml, 'test.yaml') });
  return check(resolveConfig({}, {}), windows, json);
}

describe('ras_exporter check', () => {
  it.each(['stopped', 'start_pending', 'stop_pending'])(
    'says in words that RasMan is not running (%s), which is no failure',
    async (state) => {
      const { text, complete } = await checkWith(`state: ${state}`);
      expect(text).toContain(
        'The service RasMan is not running. Windows was not asked for connections: that would start it.',
      );
      expect(text).not.toContain('Office');
      expect(text).toContain('collector connections: complete');
      expect(complete).toBe(true);
    },
  );

  it('says that there is no such service, and shows what there is', async () => {
    const { text, complete } = await checkWith('state: absent');
    expect(text).toContain('There is no service RasMan.');
    expect(text).toContain('Office');
    expect(complete).toBe(true);
  });

  it('says nothing about the service while it runs', async () => {
    expect((await checkWith('')).text).not.toContain('RasMan');
  });

  it('says which service is missing as JSON', async () => {
    const said = (services: string) => checkWith(services, true).then(({ text }): unknown => JSON.parse(text));
    const connections = { collector: 'connections', success: true, problems: [] };
    expect(await said('state: stopped')).toMatchObject({
      connections: [],
      collectors: expect.arrayContaining([expect.objectContaining({ ...connections, stoppedService: 'RasMan' })]),
    });
    expect(await said('state: paused')).toMatchObject({ connections: [{ entry: 'Office' }] });
    expect(JSON.stringify(await said('state: paused'))).not.toContain('stoppedService');
  });

  it('is incomplete when the state of the service cannot be had', async () => {
    const { text, complete } = await checkWith('returns: 5');
    expect(text).toContain('QueryServiceStatusEx returned 5 ERROR_ACCESS_DENIED');
    expect(text).toContain('Office');
    expect(complete).toBe(false);
  });
});
