/** `/debug/scrape`: what it says about calls and connections, and what it keeps to itself. */
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestExporter } from '../../support/exporter.ts';
import { ALICE_PBK, connection, entry, FakeRas } from '../../support/fake-ras.ts';

let ras: FakeRas;
let running: Awaited<ReturnType<typeof startTestExporter>>;

beforeEach(async () => {
  ras = new FakeRas();
  running = await startTestExporter(ras, [
    '--collector.connections.exclude=Secret.*',
    '--collectors.enabled=connections',
  ]);
});
afterEach(async () => {
  ras.release();
  await running.exporter.stop(0);
});

/** The lines of the text, with runs of blanks as one bar. */
async function lines(): Promise<string[]> {
  const { body } = await running.get('/debug/scrape');
  return body
    .split('\n')
    .map((line) => line.trimEnd().replaceAll(/ {2,}/g, ' | '))
    .map((line) => line.replaceAll(/\d+\.\d ms/g, 'N ms'));
}

describe('/debug/scrape', () => {
  it('lists every call with what it was asked about and what it answered', async () => {
    const failed = connection({ entry: 'Failed', state: 2, error: 809 });
    ras.connections = [failed, connection({ entry: 'Up' })];
    ras.entries = [entry('Up', { alwaysOn: true })];
    ras.returns.set(`RasGetConnectStatusW ${failed.handle}`, 711);
    const calls = await lines();
    expect(calls.slice(calls.indexOf('Calls') + 2, -1)).toEqual([
      'QueryServiceStatusEx | RasMan | N ms | N ms | running',
      'RasEnumConnectionsW | N ms | N ms | 2 connections',
      expect.stringMatching(
        /^RasGetConnectStatusW \| Failed \(all_users\) \| N ms \| N ms \| RasGetConnectStatusW returned 711 /,
      ),
      'RasGetConnectStatusW | Up (all_users) | N ms | N ms | RASCS_Connected, substate 0: connected',
      'RasEnumEntriesW | all users, own account | N ms | N ms | 1 entry',
      'RasGetEntryPropertiesW | Up (all_users) | N ms | N ms | Always On',
    ]);
  });

  it('says of each connection why it appears as it does, or why not', async () => {
    const gone = connection({ entry: 'Gone' });
    const silent = connection({ entry: 'Silent', handle: 0xabcn });
    ras.connections = [connection({ entry: 'Up' }), gone, silent, connection({ entry: 'Secret tunnel' })];
    ras.entries = [entry('Up'), entry('Idle'), entry('Secret lab')];
    ras.returns.set(`RasGetConnectStatusW ${gone.handle}`, 6);
    ras.returns.set(`RasGetConnectStatusW ${silent.handle}`, 8);
    const text = (await lines()).join('\n');
    expect(text).toContain('Up | all_users | in the phone book; connected');
    expect(text).toContain('Idle | all_users | in the phone book, no connection: disconnected');
    expect(text).toContain('Secret lab | all_users | not shown: it matches --collector.connections.exclude');
    expect(text).toContain('its state is not known, since RasGetConnectStatusW did not answer for handle 0xabc');
    expect(text).toMatch(/Gone .* had ended when RasGetConnectStatusW asked for it/);
  });

  it('names no path and no user', async () => {
    ras.connections = [connection({ entry: 'Home', phonebookPath: ALICE_PBK, flags: 0 })];
    ras.entries = [entry('Home', { phonebookPath: ALICE_PBK, allUsers: false })];
    const { body } = await running.get('/debug/scrape');
    expect(body).toMatch(/Home \(user:[0-9a-f]{8}\)/);
    expect(body).not.toMatch(/alice|\.pbk|C:\\/i);
  });

  it('is text at a terminal and a page in a browser', async () => {
    const text = await running.get('/debug/scrape', { Accept: '*/*' });
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    const page = await running.get('/debug/scrape', { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('<th scope="row">RasEnumConnectionsW</th>');
    for (const { headers } of [text, page]) expect(headers['cache-control']).toBe('no-store');
  });

  it('shows the call that hangs, and leaves scrapes alone', { timeout: 15_000 }, async () => {
    ras.connections = [connection({ entry: 'Up' })];
    ras.hangs.add('RasEnumEntriesW');
    const { status, body } = await running.get('/debug/scrape');
    expect(status).toBe(200);
    expect(body).toMatch(/RasEnumEntriesW has not returned within \d/);
    expect(body).toMatch(/connections +timed out/);
    ras.release();
    const { body: metrics } = await running.get('/metrics');
    expect(metrics).toContain('ras_exporter_collector_success{collector="connections"} 1');
  });

  it('makes no calls for a client that has left while it waited', async () => {
    ras.connections = [connection({ entry: 'Up' })];
    ras.hangs.add('RasEnumEntriesW');
    const scrape = running.get('/metrics');
    await expect.poll(() => ras.waiting).toBe(1);
    const leaving = request(`${running.url}/debug/scrape`, { agent: false });
    leaving.on('error', () => {});
    leaving.end();
    // Answered after it: it has arrived.
    await running.get('/-/healthy');
    leaving.destroy();
    await running.get('/-/healthy');
    ras.release();
    expect((await scrape).status).toBe(200);
    await running.get('/-/healthy');
    const { body } = await running.get('/metrics');
    // That of the scrape before, and that of this one.
    expect(body).toContain('\nras_api_calls_total{function="RasEnumConnectionsW"} 2\n');
  });

  it('waits for a scrape that is under way, since the calls of that one are made', async () => {
    ras.connections = [connection({ entry: 'Up' })];
    ras.hangs.add('RasEnumEntriesW');
    const scrape = running.get('/metrics');
    await expect.poll(() => ras.waiting).toBe(1);
    const debug = running.get('/debug/scrape');
    ras.release();
    expect((await scrape).status).toBe(200);
    expect((await debug).body).toContain('RasEnumConnectionsW');
  });
});
