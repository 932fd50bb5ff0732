import { Agent, get as httpGet } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { get, startTestExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { connection, entry, FakeRas } from '../support/fake-ras.ts';

let ras: FakeRas;
let running: Awaited<ReturnType<typeof startTestExporter>>;

async function start(args: readonly string[] = [], ready = true): Promise<void> {
  await running?.exporter.stop(0);
  running = await startTestExporter(ras, args, ready);
}

beforeEach(async () => {
  ras = new FakeRas();
  ras.connections = [connection()];
  ras.entries = [entry('Office VPN'), entry('Home')];
  await start();
});
afterEach(async () => {
  ras.release();
  await running.exporter.stop(0);
});

describe('/metrics', () => {
  it('answers text by default, with its content type', async () => {
    const { status, headers, body } = await running.get('/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers['content-encoding']).toBeUndefined();
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body));
    const series = parseExposition(body);
    expect(series.get('ras_connection_up{entry="Office VPN",phonebook="all_users"}')).toBe(1);
    expect(series.get('ras_connection_up{entry="Home",phonebook="all_users"}')).toBe(0);
  });

  it('answers OpenMetrics, and gzip, to those who accept it', async () => {
    const open = await running.get('/metrics', { Accept: 'application/openmetrics-text;version=1.0.0' });
    expect(open.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.body.endsWith('# EOF\n')).toBe(true);
    for (const [accepted, encoding] of [
      ['gzip', 'gzip'],
      ['deflate, gzip;q=0.5', 'gzip'],
      ['gzip;q=0', undefined],
      ['identity, gzip;q=0.1', undefined],
      ['br', undefined],
      ['', undefined],
    ] as const) {
      const { headers, body } = await running.get('/metrics', { 'Accept-Encoding': accepted });
      expect(headers['content-encoding'], accepted).toBe(encoding);
      expect(parseExposition(body).get('ras_up')).toBe(1);
    }
  });

  it('says what the exporter is', async () => {
    const { body } = await running.get('/metrics');
    expect(body).toMatch(
      /ras_exporter_build_info\{version="\d+\.\d+\.\d+",revision="[^"]*",node_version="v22[^"]*",api="simulated"\} 1/,
    );
    expect(body).toContain('process_resident_memory_bytes');
    expect(body).toContain('nodejs_version_info');
    expect(body).toContain('ras_exporter_http_requests_total{handler="metrics",code="200"} 0');
    const second = await running.get('/metrics');
    expect(second.body).toContain('ras_exporter_http_requests_total{handler="metrics",code="200"} 1');
  });

  it('leaves its process out when told to', async () => {
    await start(['--web.disable-exporter-metrics']);
    const { body } = await running.get('/metrics');
    expect(body).not.toMatch(/process_|nodejs_|ras_exporter_http_/);
    expect(body).toContain('ras_exporter_build_info');
  });

  it('takes collect[] and exclude[], and refuses both together and names it does not know', async () => {
    const some = await running.get('/metrics?collect[]=connections');
    expect(some.body).toContain('ras_up 1');
    const none = await running.get('/metrics?exclude%5B%5D=connections');
    expect(none.status).toBe(200);
    expect(none.body).not.toContain('ras_up');
    const both = await running.get('/metrics?collect[]=connections&exclude[]=connections');
    expect([both.status, both.body]).toEqual([400, 'Combined collect[] and exclude[] queries are not allowed.\n']);
    const unknown = await running.get('/metrics?collect[]=cpu');
    expect(unknown.status).toBe(400);
    expect(unknown.body).toMatch(/^Unknown or disabled collector "cpu"; enabled are: connections(, [a-z]+)*\.\n$/);
    expect(unknown.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it('is where --web.telemetry-path says', async () => {
    await start(['--web.telemetry-path=/ras/metrics']);
    expect((await running.get('/metrics')).status).toBe(404);
    expect((await running.get('/ras/metrics')).status).toBe(200);
    expect((await running.get('/')).body).toContain('href="/ras/metrics"');
  });

  it('answers within the time that the scraper gives, when Windows does not', async () => {
    ras.hangs.add('RasEnumConnectionsW');
    const began = performance.now();
    const { status, body } = await running.get('/metrics', { 'X-Prometheus-Scrape-Timeout-Seconds': '0.6' });
    expect(performance.now() - began).toBeLessThan(600);
    expect(status).toBe(200);
    const series = parseExposition(body);
    expect(series.get('ras_up')).toBe(0);
    expect(series.get('ras_exporter_collector_timeout{collector="connections"}')).toBe(1);
  });

  it('answers 503 beyond --web.max-requests, and serves again after', async () => {
    await start(['--web.max-requests=2', '--scrape.timeout=1s']);
    ras.hangs.add('RasEnumConnectionsW');
    const answers = await Promise.all([1, 2, 3, 4].map(() => running.get('/metrics')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(2);
    ras.release();
    expect((await running.get('/metrics')).status).toBe(200);
  });

  it('does no work for clients that have left, and keeps no slot for them, also while Windows hangs', async () => {
    await start(['--web.max-requests=3', '--scrape.timeout=20s']);
    ras.hangs.add('RasEnumConnectionsW');
    for (const path of ['/metrics', '/', '/debug/scrape', '/metrics']) {
      for (let client = 0; client < 3; client += 1) await leaveAfterAsking(path);
    }
    await expect.poll(() => ras.waiting).toBe(1);
    const began = performance.now();
    await expect
      .poll(async () => (await running.get('/metrics', { 'X-Prometheus-Scrape-Timeout-Seconds': '0.6' })).status)
      .toBe(200);
    expect(performance.now() - began).toBeLessThan(2000);
    ras.release();
    const { body } = await running.get('/metrics');
    // The one above, and no other.
    expect(body).toContain('ras_exporter_http_requests_total{handler="metrics",code="200"} 1\n');
  });

  /** A client that is gone before it can be answered. */
  async function leaveAfterAsking(path: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(running.url).port), '127.0.0.1', () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`, () => socket.resetAndDestroy());
      });
      socket.on('close', () => resolve());
    });
  }

  it('says once in the log what it cannot read, and once that it can again', async () => {
    ras.returns.set('RasEnumConnectionsW', 711);
    for (let scrape = 0; scrape < 5; scrape += 1) await running.get('/metrics');
    ras.returns.clear();
    for (let scrape = 0; scrape < 5; scrape += 1) await running.get('/metrics');
    const told = running.log.lines.filter(({ fields }) => fields?.collector === 'connections');
    expect(told.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'Collector cannot read everything'],
      ['info', 'Collector reads everything again'],
    ]);
    expect(told[0]?.fields?.err).toContain('711');
  });
});

describe('the other paths', () => {
  it.each([
    ['/-/healthy', 200, 'Healthy\n'],
    ['/-/ready', 200, 'Ready\n'],
    ['/health', 200, '{"status":"ok"}'],
    ['/nowhere', 404, 'Not found\n'],
    ['/metrics/', 404, 'Not found\n'],
    ['/METRICS', 404, 'Not found\n'],
    ['/%', 404, 'Not found\n'],
  ])('%s answers %d', async (path, status, body) => {
    const answer = await running.get(path);
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(answer.headers['content-type']).toBeDefined();
    expect(answer.headers['x-powered-by']).toBeUndefined();
  });

  it('/-/ready is not, while the API cannot be loaded', async () => {
    await start([], false);
    expect((await running.get('/-/ready')).status).toBe(503);
    expect((await running.get('/-/healthy')).status).toBe(200);
  });

  it('/version says what runs', async () => {
    const { body } = await running.get('/version');
    expect(JSON.parse(body)).toMatchObject({ version: '0.1.0', nodeVersion: process.version, api: 'simulated' });
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is not allowed', async (method) => {
    const answer = await running.get('/metrics', {}, method);
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('counts every answer', async () => {
    await running.get('/metrics', {}, 'POST');
    await running.get('/nowhere');
    const { body } = await running.get('/metrics');
    expect(body).toContain('ras_exporter_http_requests_total{handler="metrics",code="405"} 1');
    expect(body).toContain('ras_exporter_http_requests_total{handler="other",code="404"} 1');
  });

  it('an address in the request line that is none is no error of ours', async () => {
    const { hostname, port } = new URL(running.url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write('GET http://x:99999/metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400|404) /);
    expect(running.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('HEAD answers without a body', async () => {
    const answer = await running.get('/metrics', {}, 'HEAD');
    expect([answer.status, answer.body]).toEqual([200, '']);
    expect(answer.headers['content-type']).toContain('text/plain');
  });
});

describe('listening', () => {
  it('says what is wrong when the port is in use, and leaves no other address open', async () => {
    const port = new URL(running.url).port;
    const attempt = startTestExporter(ras, [`--web.listen-address=127.0.0.1:${port}`]);
    await expect(attempt).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}: the port is in use; choose another with --web.listen-address`,
    );
  });

  it('serves on every address', async () => {
    await start(['--web.listen-address=127.0.0.1:0']);
    expect(running.exporter.addresses).toHaveLength(2);
    for (const address of running.exporter.addresses) {
      expect((await get(`http://${address}/-/healthy`)).status).toBe(200);
    }
  });

  it('refuses collectors that do not exist before it listens', async () => {
    await expect(startTestExporter(ras, ['--collectors.enabled=[defaults],cpu'])).rejects.toThrow(
      '--collectors.enabled: there is no collector "cpu"; there are: [defaults], connections, phonebook',
    );
  });

  it('does not wait for a connection that is kept alive after its scrape has ended', async () => {
    ras.hangs.add('RasEnumConnectionsW');
    const agent = new Agent({ keepAlive: true });
    const scraped = fetchWith(agent, `${running.url}/metrics`);
    await expect.poll(() => ras.waiting).toBe(1);
    const stopped = running.exporter.stop(600_000);
    ras.release();
    expect(await scraped).toBe(200);
    await stopped;
    agent.destroy();
  });

  it('lets a scrape in flight end when it stops', async () => {
    ras.hangs.add('RasEnumConnectionsW');
    const scrape = running.get('/metrics', { 'X-Prometheus-Scrape-Timeout-Seconds': '20' });
    await expect.poll(() => ras.waiting).toBe(1);
    const stopped = running.exporter.stop(5000);
    ras.release();
    expect((await scrape).status).toBe(200);
    await stopped;
    await expect(running.get('/-/healthy')).rejects.toThrow('ECONNREFUSED');
  });
});

function fetchWith(agent: Agent, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpGet(url, { agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
}
