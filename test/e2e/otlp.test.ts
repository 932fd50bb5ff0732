/** The exporter as a process pushes over all three protocols, to a receiver that decodes them with the official protocol files. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { startExporterProcess } from '../support/exporter-process.ts';
import { parseExposition } from '../support/exposition.ts';
import { startBackend } from '../support/otlp-backend.ts';
import { type OtlpReceiver, pointsOf, type Received, seriesOfPush, startReceiver } from '../support/otlp-receiver.ts';
import { endPrograms, startProgram } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';

const SETTLES = { timeout: 20_000, interval: 50 };
const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;
const HOSTILE = 'He said "up"\\\nand left';

/** One failure that is soon over, a visitor that soon goes, and a name that every format has to escape. */
const SCENARIO = `
entries:
  - { name: Office VPN, always_on: true, timeline: [{ state: connected }], repeat: false }
  - name: Flaky
    repeat: false
    timeline: [{ state: connected, for: 500ms }, { state: failed, error: 809 }]
  - name: Visitor
    in_phonebook: false
    repeat: false
    timeline: [{ state: connected, for: 3s }, { state: disconnected }]
  - { name: ${JSON.stringify(HOSTILE)}, repeat: false, timeline: [{ state: failed, error: 0x800B0109 }] }
`;

/** What goes on changing while the connections stand still. */
const MOVING = /^(ras_exporter_|ras_api_calls|process_|nodejs_|ras_connection_(received|transmitted)_(bytes|frames)_)/;

let folder: string;
let scenario: string;
let receiver: OtlpReceiver;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ras-otlp-'));
  scenario = join(folder, 'scenario.yaml');
  writeFileSync(scenario, SCENARIO);
  receiver = await startReceiver();
});
afterEach(endPrograms);
afterAll(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true });
});

const endpointOf = (protocol: (typeof PROTOCOLS)[number]) => (protocol === 'grpc' ? receiver.grpc : receiver.http);
const lastPush = () => receiver.pushes.at(-1);
const up = (push: Received | undefined) => pointsOf(push, 'ras.connection.up');
const upOf = (entry: string, phonebook: string) => JSON.stringify({ entry, phonebook });

describe.each(PROTOCOLS)('an exporter that pushes over %s', { timeout: 40_000 }, (protocol) => {
  const args = () => [
    `--simulation.scenario=${scenario}`,
    `--otlp.endpoint=${endpointOf(protocol)}`,
    `--otlp.protocol=${protocol}`,
  ];

  it('sends what /metrics shows, and of a connection that has gone nothing more', async () => {
    const before = receiver.pushes.length;
    const exporter = await startExporterProcess([...args(), '--otlp.interval=200ms']);
    await expect.poll(() => receiver.pushes.length, SETTLES).toBeGreaterThan(before);
    const visitor = Object.keys(up(lastPush())).find((key) => key.includes('Visitor'));
    expect(visitor).toBeDefined();
    await expect.poll(() => Object.keys(up(lastPush())), SETTLES).not.toContain(visitor);

    const push = lastPush();
    if (push === undefined) throw new Error('nothing was pushed');
    const sent = seriesOfPush(push);
    const shown = parseExposition((await exporter.get('/metrics')).body);
    // It has no HTTP server that anybody would ask over there.
    const names = [...shown.keys()].filter((name) => !name.startsWith('ras_exporter_http_'));
    expect([...sent.keys()].toSorted()).toEqual(names.toSorted());
    const still = names.filter((name) => !MOVING.test(name));
    expect(still.length).toBeGreaterThan(40);
    for (const name of still) expect(sent.get(name), name).toBe(shown.get(name));
    expect(up(push)).toMatchObject({ [upOf('Office VPN', 'all_users')]: 1, [upOf(HOSTILE, 'all_users')]: 0 });
    expect(pointsOf(push, 'ras.connection.failures')).toMatchObject({ [upOf('Flaky', 'all_users')]: 1 });
  });

  it('says who it is, and since when it counts', async () => {
    const before = receiver.pushes.length;
    const started = Date.now();
    await startExporterProcess(args());
    await expect.poll(() => receiver.pushes.length, SETTLES).toBeGreaterThan(before);
    const push = lastPush();
    expect(push?.scope).toBe('ras_exporter');
    expect(push?.resource).toMatchObject({
      'service.name': 'ras_exporter',
      'service.version': VERSION,
      'service.instance.id': expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      'host.name': hostname(),
      'os.type': 'linux',
      'os.version': expect.any(String),
    });
    const counter = push?.metrics.get('ras.connection.failures');
    expect(counter).toMatchObject({ kind: 'counter', cumulative: true });
    const [point] = counter?.points ?? [];
    const begin = (point?.start ?? 0) / 1e6;
    expect(begin).toBeGreaterThan(started - 1000);
    expect(begin).toBeLessThan((point?.time ?? 0) / 1e6);
    const beat = Object.values(pointsOf(push, 'ras.exporter.heartbeat_timestamp'))[0] ?? 0;
    expect(Math.abs(Date.now() / 1000 - beat)).toBeLessThan(30);
  });

  it('sends the last state when it is told to stop', async () => {
    const before = receiver.pushes.length;
    const exporter = await startExporterProcess([...args(), '--otlp.interval=1h']);
    await expect.poll(() => receiver.pushes.length, SETTLES).toBe(before + 1);
    const failures = () => pointsOf(lastPush(), 'ras.connection.failures')[upOf('Flaky', 'all_users')];
    expect(failures()).toBe(0);
    await expect
      .poll(async () => (await exporter.get('/metrics')).body, SETTLES)
      .toContain('ras_connection_failures_total{entry="Flaky",phonebook="all_users"} 1');
    exporter.kill('SIGTERM');
    expect((await exporter.ended).exitCode).toBe(0);
    expect(receiver.pushes.length).toBe(before + 2);
    expect(failures()).toBe(1);
  });
});

describe('an exporter that pushes', { timeout: 40_000 }, () => {
  it('takes everything from the variables of OpenTelemetry', async () => {
    const before = receiver.pushes.length;
    await startExporterProcess([], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.http,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_METRIC_EXPORT_INTERVAL: '200',
        OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=laptop-7,deployment.environment.name=test',
        OTEL_SERVICE_NAME: 'vpn',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-scope-orgid=tenant%201',
      },
    });
    await expect.poll(() => receiver.pushes.length, SETTLES).toBeGreaterThan(before + 1);
    expect(lastPush()?.resource).toMatchObject({
      'service.name': 'vpn',
      'service.instance.id': 'laptop-7',
      'deployment.environment.name': 'test',
    });
    expect(receiver.headers.at(-1)).toMatchObject({
      'content-type': 'application/json',
      'x-scope-orgid': 'tenant 1',
      'user-agent': expect.stringContaining(`ras_exporter/${VERSION} `),
    });
  });

  it('has the same instance id after a restart', async () => {
    const ids = [];
    for (let times = 0; times < 2; times += 1) {
      const before = receiver.pushes.length;
      await startExporterProcess([`--otlp.endpoint=${receiver.http}`]);
      await expect.poll(() => receiver.pushes.length, SETTLES).toBeGreaterThan(before);
      ids.push(lastPush()?.resource['service.instance.id']);
      await endPrograms();
    }
    expect(ids[0]).toBe(ids[1]);
  });

  it.each(['hang', 'drip'] as const)('stops in time, with code 0, while a backend does not (%s)', async (behaviour) => {
    const backend = await startBackend();
    backend.behave(behaviour);
    const exporter = await startExporterProcess([`--otlp.endpoint=${backend.url}`]);
    await expect.poll(() => backend.requests.length, SETTLES).toBeGreaterThan(0);
    const asked = performance.now();
    exporter.kill('SIGTERM');
    expect((await exporter.ended).exitCode).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(exporter.stderr()).toContain('The last OTLP push was not over in time');
    await backend.close();
  });

  it('packs what it sends when it is asked to', async () => {
    const backend = await startBackend();
    await startExporterProcess([`--otlp.endpoint=${backend.url}`, '--otlp.protocol=http/json'], {
      env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
    });
    await expect.poll(() => backend.requests.length, SETTLES).toBeGreaterThan(0);
    const [request] = backend.requests;
    expect(request?.headers['content-encoding']).toBe('gzip');
    expect(request?.body.toString()).toContain('"name":"ras.connection.up"');
    await backend.close();
  });
});

describe('what is loaded', { timeout: 40_000 }, () => {
  const preload = resolve(import.meta.dirname, '../support/report-modules.cjs');
  /** The packages that a running exporter has loaded, OpenTelemetry's and those for gRPC; prom-client loads their API, too. */
  const loadedWith = async (...args: readonly string[]) => {
    const report = join(folder, `modules-${args.length}-${args.at(-1)?.slice(-4)}`);
    const before = receiver.pushes.length;
    await startExporterProcess(args, { node: ['-r', preload], env: { MODULES_REPORT: report } });
    if (args.length > 0) await expect.poll(() => receiver.pushes.length, SETTLES).toBeGreaterThan(before);
    const urls = readFileSync(report, 'utf8').split('\n');
    expect(urls.some((url) => url.includes('/express/'))).toBe(true);
    const packages = urls.map(
      (url) => /node_modules\/(?<name>@(opentelemetry|grpc)\/[^/]+)/.exec(url)?.groups?.name ?? '',
    );
    const ours = urls.filter((url) => url.includes('src/outputs/otlp/'));
    return { packages: [...new Set(packages)].filter((name) => name !== '' && name !== '@opentelemetry/api'), ours };
  };

  it('is nothing of it while nothing is pushed', async () => {
    expect(await loadedWith()).toEqual({ packages: [], ours: [] });
  });

  it('is one exporter, that which is used', async () => {
    const overHttp = await loadedWith(`--otlp.endpoint=${receiver.http}`);
    expect(overHttp.packages).toContain('@opentelemetry/exporter-metrics-otlp-proto');
    expect(overHttp.packages.filter((name) => name.includes('grpc'))).toEqual([]);
    const overGrpc = await loadedWith(`--otlp.endpoint=${receiver.grpc}`, '--otlp.protocol=grpc');
    expect(overGrpc.packages).toContain('@grpc/grpc-js');
    expect(overGrpc.packages).not.toContain('@opentelemetry/exporter-metrics-otlp-proto');
  });
});

describe.skipIf(isMissing('protoc'))('what is sent over http/protobuf', { timeout: 40_000 }, () => {
  it('is what protoc reads with the official protocol files', async () => {
    const backend = await startBackend();
    await startExporterProcess([`--simulation.scenario=${scenario}`, `--otlp.endpoint=${backend.url}`]);
    await expect.poll(() => backend.requests.length, SETTLES).toBeGreaterThan(0);
    await backend.close();
    const protos = resolve(import.meta.dirname, '../../node_modules/@elastic/mockotlpserver');
    const service = 'opentelemetry/proto/collector/metrics/v1/metrics_service.proto';
    expect(existsSync(join(protos, service))).toBe(true);
    const body = join(folder, 'body.bin');
    writeFileSync(body, backend.requests[0]?.body ?? '');
    const type = 'opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest';
    const command = `protoc -I '${protos}' --decode=${type} '${service}' < '${body}'`;
    const { exitCode, stdout, stderr } = await startProgram('sh', ['-c', command]).ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    const [, upOnward = ''] = stdout.split('name: "ras.connection.up"');
    expect(upOnward).toMatch(/^\s+description: "[^"]+"\s+gauge \{\s+data_points \{/);
    expect(stdout).toMatch(/name: "ras\.connection\.failures"\s+description: "[^"]+"\s+sum \{/);
    expect(stdout).toMatch(/aggregation_temporality: AGGREGATION_TEMPORALITY_CUMULATIVE\s+is_monotonic: true/);
    // A field that the protocol does not know is shown as a number.
    expect(stdout).not.toMatch(/^\s*\d+[:{ ]/m);
  });
});
