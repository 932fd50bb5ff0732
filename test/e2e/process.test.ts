/** The exporter as a process: how it starts, refuses to start, and stops, whatever its clients are doing. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { get } from '../support/exporter.ts';
import { type ExporterProcess, runExporter, startExporterProcess } from '../support/exporter-process.ts';
import { parseExposition } from '../support/exposition.ts';
import { type Ended, endPrograms, freePort, type Program, startProgram } from '../support/program.ts';

const root = resolve(import.meta.dirname, '../..');
const main = join(root, 'src/main.ts');
const large = join(root, 'scenarios/large.yaml');

/** What the interface promises. */
const STOP_WITHIN_MS = 5000;
/** Well below what clients that never finish would be given. */
const AT_ONCE_MS = 3000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ras-process-'));
});
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await endPrograms();
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Sends a signal; how the program ended and how long that took. */
async function stop(program: Program, signal: NodeJS.Signals): Promise<Ended & { tookMs: number }> {
  const asked = performance.now();
  program.kill(signal);
  const ended = await program.ended;
  return { ...ended, tookMs: performance.now() - asked };
}

/** A connection over which `text` was sent, and which stays open. */
async function open({ port }: ExporterProcess, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (text !== '') await new Promise((written) => socket.write(text, written));
  return socket;
}

describe('an exporter that is told to stop', { timeout: 40_000 }, () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s ends with code 0 at once when nobody asks anything',
    async (signal) => {
      const exporter = await startExporterProcess();
      const { exitCode, tookMs, stdout, stderr } = await stop(exporter, signal);
      expect(exitCode).toBe(0);
      expect(tookMs).toBeLessThan(AT_ONCE_MS);
      expect(stdout).toBe('');
      expect(stderr).toMatch(new RegExp(`level=info msg=Stopping signal=${signal}\n$`));
    },
  );

  it('ends with code 0 in the very moment in which it says that it listens', async () => {
    // Often enough to hit a moment that is sometimes missed.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const program = startProgram(process.execPath, [main, '--web.listen-address=127.0.0.1:0']);
      program.process.stderr?.on('data', () => {
        if (program.stderr().includes('msg=Listening')) program.kill('SIGTERM');
      });
      expect(await program.ended).toMatchObject({ exitCode: 0, signal: null });
    }
  });

  it('ends at once while scrapers keep their connections open', async () => {
    const exporter = await startExporterProcess();
    const agent = new Agent({ keepAlive: true });
    const scrape = () =>
      new Promise<number | undefined>((done, fail) => {
        const sent = request(`${exporter.url}/metrics`, { agent }, (response) => {
          response.resume().once('end', () => done(response.statusCode));
        });
        sent.once('error', fail).end();
      });
    expect(await Promise.all([scrape(), scrape(), scrape()])).toEqual([200, 200, 200]);
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(3);
    const { exitCode, tookMs } = await stop(exporter, 'SIGTERM');
    agent.destroy();
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(AT_ONCE_MS);
  });

  it('answers the scrape that is in flight, and takes no other', async () => {
    const scenario = write('late.yaml', 'entries: []\napi: [{ function: RasEnumConnectionsW, delay: 2s }]\n');
    const exporter = await startExporterProcess([`--simulation.scenario=${scenario}`]);
    const scrape = exporter.get('/metrics');
    await sleep(500);
    exporter.kill('SIGTERM');
    await expect.poll(() => exporter.stderr()).toContain('msg=Stopping');
    await expect(exporter.get('/-/healthy')).rejects.toThrow('ECONNREFUSED');
    const { status, body } = await scrape;
    expect(status).toBe(200);
    expect(parseExposition(body).get('ras_up')).toBe(1);
    expect((await exporter.ended).exitCode).toBe(0);
  });

  it.each([
    ['has not returned, and a scrape waits for it', '60s', true],
    ['has not returned, and nobody waits for it any more', '400ms', false],
  ])('ends in time while a call %s', async (_, timeout, waits) => {
    const scenario = write('hang.yaml', 'entries: []\napi: [{ function: RasEnumConnectionsW, hang: true }]\n');
    const exporter = await startExporterProcess([`--simulation.scenario=${scenario}`, `--scrape.timeout=${timeout}`]);
    const scrape = exporter.get('/metrics').catch(() => undefined);
    if (waits) await sleep(500);
    else await scrape;
    const { exitCode, tookMs } = await stop(exporter, 'SIGTERM');
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
    await scrape;
  });

  it('ends in time while clients do not finish what they began', async () => {
    const exporter = await startExporterProcess([`--simulation.scenario=${large}`]);
    await open(exporter, '');
    await open(exporter, 'GET /metr');
    await open(exporter, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n');
    await open(exporter, 'POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf');
    await open(exporter, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf');
    // One that asks for megabytes and reads none of them.
    const deaf = await open(exporter, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20));
    deaf.pause();
    await sleep(500);
    const { exitCode, tookMs } = await stop(exporter, 'SIGTERM');
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
  ] as const)('by %s and %s ends as by one', async (...signals) => {
    const exporter = await startExporterProcess();
    // Somebody has to be waited for, or it would be gone before the second signal.
    const unfinished = await open(exporter, 'GET /metr');
    for (const signal of signals) {
      exporter.kill(signal);
      await sleep(200);
    }
    unfinished.destroy();
    const { exitCode, stderr } = await exporter.ended;
    expect(exitCode).toBe(0);
    expect(stderr.match(/msg=Stopping/g)).toHaveLength(1);
  });
});

describe('an exporter that cannot start', { timeout: 20_000 }, () => {
  it('says that the port is in use, in one line, and ends with code 1', async () => {
    const { port } = await startExporterProcess();
    const ended = await runExporter([`--web.listen-address=127.0.0.1:${port}`]);
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toBe(
      `ras_exporter: cannot listen on 127.0.0.1:${port}: the port is in use; choose another with --web.listen-address\n`,
    );
  });

  it('says that there is no rasapi32.dll when it was asked for by name', async () => {
    const ended = await runExporter(['--ras.api=rasapi32', '--web.listen-address=127.0.0.1:0']);
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toMatch(/^ras_exporter: .*rasapi32\.dll.*\n$/);
  });

  it.each([
    ['a flag that does not exist', ['--web.listen-adress=:1'], /did you mean --web\.listen-address\?/],
    ['a flag without its value', ['--web.listen-address'], /argument missing/],
    ['a command that does not exist', ['chekc'], /there is no command "chekc"; there is: check/],
    ['an address without a port', ['--web.listen-address=localhost'], /--web\.listen-address must be host:port/],
    ['a broken regular expression', ['--collector.connections.include=('], /connections\.include .*Unterminated group/],
    ['a collector that does not exist', ['--collectors.enabled=cpu'], /there is no collector "cpu"/],
    ['a log that cannot be written', ['--log.file=/dev/null/log'], /--log\.file cannot be written/],
    ['a duration without sense', ['--scrape.timeout=soon'], /--scrape\.timeout must be a duration/],
  ])('refuses %s with code 2, in one line', async (_, args, reason) => {
    const ended = await runExporter(['--web.listen-address=127.0.0.1:0', ...args]);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^ras_exporter: [^\n]+\n$/);
    expect(ended.stderr).toMatch(reason);
  });

  it.each([
    ['is missing', () => join(folder, 'none.yaml'), 'cannot be read: ENOENT'],
    ['is a folder', () => folder, 'cannot be read: EISDIR'],
    ['is a program', () => process.execPath, 'is not UTF-8 text'],
    ['is not UTF-8', () => write('latin1.yaml', Buffer.from('description: B\xfcro\nentries: []\n', 'latin1')), 'UTF-8'],
    ['holds binary', () => write('nul.yaml', 'entries: []\n\0\x01\x02\n'), ':2: not valid YAML'],
    ['is empty', () => write('empty.yaml', ''), ':1: expected a mapping'],
    ['is broken', () => write('broken.yaml', 'entries:\n  - name: A\n  - name: [B\n'), 'broken.yaml:4: not valid YAML'],
    ['has an unknown key', () => write('key.yaml', 'entries:\n  - nmae: A\n'), ':2: entries[0].nmae: there is no key'],
    [
      'has a wrong value',
      () => write('value.yaml', 'entries:\n  - name: A\n    always_on: 1\n'),
      ':3: entries[0].always_on',
    ],
  ])('refuses a scenario that %s with code 2, in one line', async (_, path, reason) => {
    const file = path();
    const ended = await runExporter(['--web.listen-address=127.0.0.1:0', `--simulation.scenario=${file}`]);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^ras_exporter: --simulation\.scenario: [^\n]+\n$/);
    expect(ended.stderr).toContain(file);
    expect(ended.stderr).toContain(reason);
  });
});

/** What `check --json` says of collector `connections`, among others. */
const ofConnections = (part: object): unknown =>
  expect.arrayContaining([expect.objectContaining({ collector: 'connections', ...part })]);

describe('an exporter that is asked for something else than to run', () => {
  it('prints its version', async () => {
    expect(await runExporter(['--version'])).toEqual({
      exitCode: 0,
      signal: null,
      stdout: 'ras_exporter 0.1.0\n',
      stderr: '',
    });
  });

  it('prints its help, with every flag, and that of check', async () => {
    for (const args of [['--help'], ['check', '--help']]) {
      const { exitCode, stdout, stderr } = await runExporter(args);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Usage: ras_exporter/);
      for (const flag of ['--web.listen-address', '--simulation.scenario', '--log.file'])
        expect(stdout).toContain(flag);
    }
  });

  it('checks: a table for people, JSON for programs, code 0 when it could read everything', async () => {
    const people = await runExporter(['check', `--simulation.scenario=${large}`]);
    expect([people.exitCode, people.stderr]).toEqual([0, '']);
    expect(people.stdout).toContain('collector connections: complete');
    const programs = await runExporter(['check', '--json', `--simulation.scenario=${large}`]);
    expect([programs.exitCode, programs.stderr]).toEqual([0, '']);
    const found: unknown = JSON.parse(programs.stdout);
    expect(found).toMatchObject({ api: 'simulated', collectors: ofConnections({ success: true }) });
    expect(found).toHaveProperty('connections.length', 1100);
  });

  it('checks: code 1 when a call fails, and says which', async () => {
    const scenario = write(
      'fails.yaml',
      'entries: [{ name: Office }]\napi: [{ function: RasEnumConnectionsW, returns: 711 }]\n',
    );
    const people = await runExporter(['check', `--simulation.scenario=${scenario}`]);
    expect([people.exitCode, people.stderr]).toEqual([1, '']);
    expect(people.stdout).toMatch(/connections: INCOMPLETE.*\n.*RasEnumConnectionsW returned 711/);
    const programs = await runExporter(['check', '--json', `--simulation.scenario=${scenario}`]);
    expect([programs.exitCode, programs.stderr]).toEqual([1, '']);
    const problems = [expect.stringContaining('RasEnumConnectionsW returned 711')];
    expect(JSON.parse(programs.stdout)).toMatchObject({
      collectors: ofConnections({ success: false, timedOut: false, problems }),
    });
  });

  it('checks: code 1, and an end, when a call hangs', async () => {
    const scenario = write('hangs.yaml', 'entries: []\napi: [{ function: RasEnumConnectionsW, hang: true }]\n');
    const ended = await runExporter(['check', '--json', '--scrape.timeout=500ms', `--simulation.scenario=${scenario}`]);
    expect([ended.exitCode, ended.stderr]).toEqual([1, '']);
    expect(JSON.parse(ended.stdout)).toMatchObject({ collectors: ofConnections({ success: false, timedOut: true }) });
  });
});

describe('an exporter whose output nobody reads', () => {
  it.each([
    ['the help', ['--help']],
    ['a small table', ['check']],
    ['a long table', ['check', `--simulation.scenario=${large}`]],
    ['JSON', ['check', '--json', `--simulation.scenario=${large}`]],
  ])('ends with code 0 and no complaint while it prints %s', async (_, args) => {
    const program = startProgram(process.execPath, [main, ...args]);
    program.process.stdout?.destroy();
    expect(await program.ended).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.skipIf(!existsSync('/dev/full'))('says so in one line when its output cannot be written', async () => {
    const command = '"$0" "$@" > /dev/full';
    const ended = await startProgram('sh', ['-c', command, process.execPath, main, 'check']).ended;
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toMatch(/^ras_exporter: [^\n]*ENOSPC[^\n]*\n$/);
  });

  it.each(['stderr', 'stdout'] as const)('goes on serving when its log on %s is closed', async (stream) => {
    const exporter = await startExporterProcess([`--log.file=${stream}`]);
    exporter.process[stream]?.destroy();
    for (let scrape = 0; scrape < 3; scrape += 1) expect((await exporter.get('/metrics')).status).toBe(200);
    expect((await stop(exporter, 'SIGTERM')).exitCode).toBe(0);
  });
});

describe('an exporter in service', { timeout: 40_000 }, () => {
  it('writes its log to the file that --log.file names, and nowhere else', async () => {
    const file = join(folder, 'exporter.log');
    const port = await freePort();
    const program = startProgram(process.execPath, [
      main,
      `--web.listen-address=127.0.0.1:${port}`,
      `--log.file=${file}`,
      '--log.format=json',
    ]);
    await expect.poll(() => statusOf(port), { timeout: 15_000 }).toBe(200);
    const { exitCode, stdout, stderr } = await stop(program, 'SIGTERM');
    expect([exitCode, stdout, stderr]).toEqual([0, '', '']);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const messages: unknown[] = lines.map((line) => JSON.parse(line));
    expect(messages).toMatchObject([
      { level: 'info', msg: 'Started ras_exporter' },
      { level: 'warn', msg: expect.stringContaining('Simulated API') },
      { level: 'info', msg: 'Listening', address: `127.0.0.1:${port}` },
      { level: 'info', msg: 'Stopping', signal: 'SIGTERM' },
    ]);
  });

  it('starts again on the same port after it was killed', async () => {
    const killed = await startExporterProcess();
    // A connection that is open at the end leaves traces of the port in the system.
    await open(killed, 'GET /metr');
    expect(await stop(killed, 'SIGKILL')).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    const again = await startExporterProcess([], { port: killed.port });
    expect((await again.get('/metrics')).status).toBe(200);
  });

  it('starts by npm start, and ends with it', async () => {
    const port = await freePort();
    const program = startProgram('npm', ['start', '--', `--web.listen-address=127.0.0.1:${port}`], {
      cwd: root,
      // As a terminal or a supervisor starts it: it has a group of its own, which gets the signal.
      detached: true,
      env: { HOME: folder, npm_config_update_notifier: 'false' },
    });
    await expect.poll(() => statusOf(port), { timeout: 20_000 }).toBe(200);
    // Ended is it when no process of the group holds its output any more.
    const { tookMs, stderr } = await stop(program, 'SIGTERM');
    expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
    expect(stderr).toContain('msg=Stopping signal=SIGTERM');
    expect(await statusOf(port)).toBe('ECONNREFUSED');
  });
});

/** The status of `/-/healthy`, or why there is none. */
async function statusOf(port: number): Promise<number | string> {
  try {
    return (await get(`http://127.0.0.1:${port}/-/healthy`)).status;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}
