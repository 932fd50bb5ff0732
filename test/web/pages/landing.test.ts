/** The page at `/`: what stands in it, for machines in every state. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestExporter } from '../../support/exporter.ts';
import { connection, entry, FakeRas } from '../../support/fake-ras.ts';

let ras: FakeRas;
let running: Awaited<ReturnType<typeof startTestExporter>>;

beforeEach(async () => {
  ras = new FakeRas();
  running = await startTestExporter(ras);
});
afterEach(async () => {
  ras.release();
  await running.exporter.stop(0);
});

/** The cells of each row, without tags. */
async function rows(): Promise<string[][]> {
  const { body } = await running.get('/');
  return [...body.matchAll(/<tr>\n(?<row>.*?)<\/tr>\n/gs)].map(({ groups }) =>
    [...(groups?.row ?? '').matchAll(/<t[hd][^>]*>(?<cell>.*?)<\/t[hd]>/gs)].map(({ groups: found }) =>
      (found?.cell ?? '')
        .replaceAll(/<[^>]*>/g, '|')
        .replaceAll(/\|+/g, '|')
        .replaceAll(/^\||\|$/g, ''),
    ),
  );
}

describe('the landing page', () => {
  it('shows every connection with state, error and its meaning, what should be up and is not first', async () => {
    ras.connections = [
      connection({ entry: 'Up' }),
      connection({ entry: 'Failed', state: 2, error: 809 }),
      connection({ entry: 'Tunnel', state: 5 }),
    ];
    ras.entries = [
      entry('Up', { alwaysOn: true }),
      entry('Failed'),
      entry('Tunnel', { alwaysOn: true }),
      entry('Idle'),
    ];
    const name = 'all_users';
    expect(await rows()).toEqual([
      ['Tunnel', 'authenticating| |RASCS_Authenticate', '', '', 'yes, not up', 'ikev2', 'vpn.example.com', name],
      [
        'Failed',
        'failed| |RASCS_ConnectDevice',
        '',
        '809 ERROR_VPN_TIMEOUT|text of 809',
        'no',
        'ikev2',
        'vpn.example.com',
        name,
      ],
      ['Up', 'connected| |RASCS_Connected', expect.any(String), '', 'yes', 'ikev2', 'vpn.example.com', name],
      ['Idle', 'disconnected', '', '', 'no', 'ikev2', 'vpn.example.com', name],
    ]);
  });

  it('says so when there is nothing, and when something could not be read', async () => {
    expect((await running.get('/')).body).toContain('No connection and no phone-book entry.');
    ras.returns.set('RasEnumConnectionsW', 711);
    const { status, body } = await running.get('/');
    expect(status).toBe(200);
    expect(body).toContain('Collector connections could not read everything: RasEnumConnectionsW returned 711');
  });

  it('warns that a simulated machine is not this one', async () => {
    expect((await running.get('/')).body).toContain('Simulated API: these are not the connections of this machine.');
  });

  it('is no place for markup in names', async () => {
    const name = '"><script>alert(1)</script>';
    ras.connections = [connection({ entry: name, phoneNumber: '<b>' })];
    const { body } = await running.get('/');
    expect(body).not.toContain('<script');
    expect(body).not.toContain('<b>');
    expect(body).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('allows nothing but its own style, is not kept, and is shown in no frame', async () => {
    const { headers } = await running.get('/');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.filter((rule) => rule.includes('unsafe') || rule.startsWith('script-src'))).toEqual([]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  it('answers a HEAD like a GET without the page', async () => {
    const { status, headers, body } = await running.get('/', {}, 'HEAD');
    expect(status).toBe(200);
    expect(Number(headers['content-length'])).toBeGreaterThan(1000);
    expect(body).toBe('');
  });

  it('comes within seconds while Windows does not answer, and says what is missing', { timeout: 15_000 }, async () => {
    ras.connections = [connection({ entry: 'Up' })];
    ras.hangs.add('RasEnumEntriesW');
    const began = performance.now();
    const { status, body } = await running.get('/');
    expect(status).toBe(200);
    expect(body).toContain('Up</th>');
    expect(body).toContain('could not read everything');
    expect(performance.now() - began).toBeLessThan(8000);
  });

  it('takes a place among the requests that may be in flight', { timeout: 15_000 }, async () => {
    await running.exporter.stop(0);
    running = await startTestExporter(ras, ['--web.max-requests=1']);
    ras.hangs.add('RasEnumConnectionsW');
    const first = running.get('/');
    await expect.poll(() => ras.waiting).toBe(1);
    expect((await running.get('/')).status).toBe(503);
    expect((await running.get('/metrics')).status).toBe(503);
    ras.release();
    expect((await first).status).toBe(200);
    expect((await running.get('/metrics')).status).toBe(200);
  });

  it('shows the first 500 of more connections, and says so', async () => {
    ras.entries = Array.from({ length: 600 }, (_, index) => entry(`Branch ${index}`));
    expect(await rows()).toHaveLength(500);
    expect((await running.get('/')).body).toContain('The first 500 of 600; the metrics have all of them.');
  });
});
