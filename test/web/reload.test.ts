/** Reloads of an exporter that is running: what changes, what stays, and that nothing that counts is lost. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Exporter, startExporter } from '../../src/commands/run.ts';
import { LiveConfig } from '../../src/config/live.ts';
import type { FlagValues } from '../../src/config/settings.ts';
import { get } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { connection, entry, FakeRas } from '../support/fake-ras.ts';
import { machine } from '../support/machine.ts';
import { memoryLog } from '../support/memory-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-reload-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FAILED = { state: 0x2001, error: 809 };
const SUCCESSFUL = 'ras_exporter_config_last_reload_successful';
const TIMESTAMP = 'ras_exporter_config_last_reload_success_timestamp_seconds';

let file: string;
let ras: FakeRas;
let exporter: Exporter;
let log: ReturnType<typeof memoryLog>;
let tests = 0;

beforeEach(() => {
  tests += 1;
  file = join(folder, `${tests}.yml`);
  ras = new FakeRas();
  ras.entries = [entry('Office'), entry('Home')];
  log = memoryLog();
});
afterEach(async () => {
  ras.release();
  await exporter.stop(0);
});

function write(...lines: readonly string[]): void {
  writeFileSync(file, `web.enable-lifecycle: true\n${lines.join('\n')}\n`);
}

async function start(flags: FlagValues = {}): Promise<void> {
  const always = { 'config.file': [file], 'web.listen-address': ['127.0.0.1:0'] };
  const live = await LiveConfig.load({ flags: { ...always, ...flags }, environment: {} });
  exporter = await startExporter(live.config, machine(ras), true, log, live);
}

const url = (path: string) => `http://${exporter.addresses[0]}${path}`;
const post = () => get(url('/-/reload'), {}, 'POST');
const scrape = async (query = '', headers = {}) => parseExposition((await get(url(`/metrics${query}`), headers)).body);
const entriesOf = (series: ReadonlyMap<string, number>) =>
  [...series.keys()].flatMap((name) => /^ras_connection_up\{entry="(?<entry>[^"]*)"/.exec(name)?.groups?.entry ?? []);

describe('a reload', () => {
  it('changes what a scrape shows', async () => {
    write();
    await start();
    expect(entriesOf(await scrape())).toEqual(['Office', 'Home']);
    write('collector.connections: { exclude: Home, expected: .* }', 'collector.phonebook.paths: [C:\\more.pbk]');
    expect(await post()).toMatchObject({
      status: 200,
      body: 'Reloaded: collector.connections.exclude, collector.connections.expected, collector.phonebook.paths\n',
    });
    ras.entries = [...ras.entries, entry('More', { phonebookPath: 'C:\\more.pbk' })];
    ras.foreign.add('C:\\more.pbk');
    const series = await scrape();
    expect(entriesOf(series)).toEqual(['Office', 'More']);
    expect(series.get('ras_connection_expected{entry="Office",phonebook="all_users"}')).toBe(1);
  });

  it('does not let counters fall, nor count again', async () => {
    write();
    await start();
    const failures = 'ras_connection_failures_total{entry="Office",phonebook="all_users"}';
    ras.connections = [connection({ entry: 'Office', ...FAILED })];
    expect((await scrape()).get(failures)).toBe(1);
    write('collector.connections.exclude: Home');
    expect((await post()).status).toBe(200);
    expect((await scrape()).get(failures)).toBe(1);
    // Switched off and on again, it goes on where it was.
    write('collectors.disabled: connections');
    await post();
    expect((await scrape()).has(failures)).toBe(false);
    expect((await get(url('/metrics?collect[]=connections'))).status).toBe(400);
    write();
    await post();
    ras.connections = [connection({ entry: 'Office', ...FAILED })];
    expect((await scrape()).get(failures)).toBe(2);
  });

  it('of a file that is wrong keeps everything as it was, and says why', async () => {
    write('collector.connections.exclude: Home');
    await start();
    const before = await scrape();
    expect(before.get(SUCCESSFUL)).toBe(1);
    write('collector.connections.exclude: Office', 'log.level: loud', 'xyzzy: 1');
    const answer = await post();
    expect(answer).toMatchObject({
      status: 500,
      body: [
        'The configuration before stays in use:',
        `${file}:4: xyzzy: there is no such setting`,
        `${file}:3: log.level must be one of debug, info, warn, error, not "loud"`,
        '',
      ].join('\n'),
    });
    expect(answer.headers['content-type']).toContain('text/plain');
    const after = await scrape();
    expect(entriesOf(after)).toEqual(['Office']);
    expect(after.get(SUCCESSFUL)).toBe(0);
    expect(after.get(TIMESTAMP)).toBe(before.get(TIMESTAMP));
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);

    write();
    expect((await post()).status).toBe(200);
    const right = await scrape();
    expect(right.get(SUCCESSFUL)).toBe(1);
    expect(right.get(TIMESTAMP)).toBeGreaterThan(before.get(TIMESTAMP) ?? 0);
  });

  it.each([
    ['collectors that do not exist', 'collectors.enabled: [nothing]', 'there is no collector "nothing"'],
    ['[defaults] without quotes', 'collectors.enabled: [defaults]', 'defaults is written "[defaults]", in quotes'],
    [
      'a scenario that is not there',
      'simulation.scenario: /nonexistent.yml',
      '/nonexistent.yml: cannot be read: ENOENT',
    ],
  ])('is refused for %s', async (_, line, reason) => {
    write();
    await start();
    write(line);
    expect(await post()).toMatchObject({ status: 500, body: expect.stringContaining(reason) });
    expect(entriesOf(await scrape())).toEqual(['Office', 'Home']);
  });

  it('is refused with everything that is wrong, in the file and in those that it names', async () => {
    write();
    await start();
    write('collectors.enabled: [nothing]', 'log.level: loud', 'simulation.scenario: /nonexistent.yml');
    const { body } = await post();
    expect(body).toContain('there is no collector "nothing"');
    expect(body).toContain('log.level must be one of');
    expect(body).toContain('/nonexistent.yml: cannot be read: ENOENT');
  });

  it('of a file that is gone is refused', async () => {
    write();
    await start();
    rmSync(file);
    expect(await post()).toMatchObject({
      status: 500,
      body: expect.stringContaining(`${file}: cannot be read: ENOENT`),
    });
    expect((await scrape()).get(SUCCESSFUL)).toBe(0);
  });

  it('keeps what needs a start, and says so each time while it differs', async () => {
    write();
    await start();
    write('web.telemetry-path: /other', 'log.file: stdout', 'web.max-requests: 7');
    for (const changed of ['Reloaded: web.max-requests', 'Reloaded, nothing has changed']) {
      expect((await post()).body).toBe(`${changed}\nTaken at the next start: web.telemetry-path, log.file\n`);
    }
    expect((await get(url('/metrics'))).status).toBe(200);
    expect((await get(url('/other'))).status).toBe(404);
    expect(log.lines.filter(({ level }) => level === 'warn').at(-1)?.fields).toEqual({
      settings: 'web.telemetry-path,log.file',
    });
  });

  it('does not change what a flag says', async () => {
    write('collector.connections.include: Home');
    await start({ 'collector.connections.include': ['Office'] });
    write('collector.connections.include: .*');
    expect((await post()).body).toBe('Reloaded, nothing has changed\n');
    expect(entriesOf(await scrape())).toEqual(['Office']);
  });

  it('changes the time that a scrape may take, and how many may be in flight', async () => {
    write();
    await start();
    write('scrape: { timeout: 300ms, timeout-margin: 0s }', 'web.max-requests: 1');
    await post();
    ras.hangs.add('RasEnumConnectionsW');
    const first = scrape();
    await expect.poll(() => ras.waiting).toBe(1);
    expect((await get(url('/metrics'))).status).toBe(503);
    expect((await first).get('ras_exporter_collector_timeout{collector="connections"}')).toBe(1);
  });
});

describe('a reload is not disturbed', () => {
  it('by a scrape, which goes by what held when it began', async () => {
    write();
    await start();
    ras.hangs.add('RasEnumConnectionsW');
    const running = scrape();
    await expect.poll(() => ras.waiting).toBe(1);
    write('collector.connections.exclude: Home');
    expect((await post()).status).toBe(200);
    ras.release();
    expect(entriesOf(await running)).toEqual(['Office', 'Home']);
    expect(entriesOf(await scrape())).toEqual(['Office']);
  });

  it('by a call that hangs', async () => {
    write();
    await start();
    ras.hangs.add('RasEnumConnectionsW');
    await scrape('', { 'X-Prometheus-Scrape-Timeout-Seconds': '0.2' });
    write('collector.connections.exclude: Home');
    expect((await post()).status).toBe(200);
    expect((await scrape()).get('ras_exporter_collector_timeout{collector="connections"}')).toBe(1);
    ras.release();
    expect(entriesOf(await scrape())).toEqual(['Office']);
  });

  it('by another one: the last state of the file wins', async () => {
    write();
    await start();
    const answers: ReturnType<typeof post>[] = [];
    for (const name of ['Office', 'Home', 'Nobody', 'Home']) {
      write(`collector.connections.exclude: ${name}`);
      answers.push(post());
    }
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(entriesOf(await scrape())).toEqual(['Office']);
  });
});

describe('/-/reload', () => {
  it('answers POST only', async () => {
    write();
    await start();
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const { status, headers } = await get(url('/-/reload'), {}, method);
      expect([status, headers.allow]).toEqual([405, 'POST']);
    }
    expect((await get(url('/metrics'), {}, 'POST')).status).toBe(405);
  });

  it('is not allowed unless it was when the exporter started', async () => {
    write();
    await start({ 'web.enable-lifecycle': ['false'] });
    write('collector.connections.exclude: Home');
    expect(await post()).toMatchObject({
      status: 403,
      body: 'Reloading is not enabled; start with --web.enable-lifecycle\n',
    });
    expect(entriesOf(await scrape())).toEqual(['Office', 'Home']);
  });
});
