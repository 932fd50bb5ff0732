/** The configuration file as a user meets it: processes, exit codes, signals. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/config.ts';
import { parseConfigFile } from '../../src/config/file.ts';
import { FLAGS } from '../../src/config/flags.ts';
import { get } from '../support/exporter.ts';
import { runExporter, startExporterProcess } from '../support/exporter-process.ts';
import { parseExposition } from '../support/exposition.ts';
import { endPrograms } from '../support/program.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'ras-config-'));
afterEach(endPrograms);
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(text: string): string {
  files += 1;
  const path = join(folder, `${files}.yml`);
  writeFileSync(path, text);
  return path;
}

describe('an exporter with a configuration file', { timeout: 40_000 }, () => {
  const failures = 'ras_connection_failures_total{entry="Branch Hamburg",phonebook="all_users"}';
  const first = 'web.enable-lifecycle: true\nlog.format: logfmt\n';

  it('reloads it, well or badly, without losing a count', async () => {
    const file = write(first);
    const exporter = await startExporterProcess([`--config.file=${file}`]);
    const scrape = async () => parseExposition((await exporter.get('/metrics')).body);
    const before = await scrape();
    expect(before.get(failures)).toBe(1);
    expect(before.get('ras_exporter_config_last_reload_successful')).toBe(1);

    writeFileSync(
      file,
      `${first}collector.connections.exclude: Head.*\nlog: { format: json }\n`.replace('log.format: logfmt\n', ''),
    );
    expect(await get(`${exporter.url}/-/reload`, {}, 'POST')).toMatchObject({ status: 200 });
    const reloaded = await scrape();
    expect(reloaded.get(failures)).toBe(1);
    expect([...reloaded.keys()].filter((name) => name.includes('Head Office'))).toEqual([]);
    // The log has its new format from now on.
    const last = exporter.stderr().trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({
      msg: 'Configuration reloaded',
      changed: 'collector.connections.exclude,log.format',
    });

    writeFileSync(file, 'log: [');
    const refused = await get(`${exporter.url}/-/reload`, {}, 'POST');
    expect(refused).toMatchObject({ status: 500, body: expect.stringContaining(`${file}:1: not valid YAML`) });
    const kept = await scrape();
    expect(kept.get(failures)).toBe(1);
    expect(kept.get('ras_exporter_config_last_reload_successful')).toBe(0);
    exporter.kill('SIGTERM');
    expect(await exporter.ended).toMatchObject({ exitCode: 0 });
  });

  it('reloads it on SIGHUP, whether or not that is allowed by HTTP', async () => {
    const file = write('collector.connections.exclude: Head.*\n');
    const exporter = await startExporterProcess([`--config.file=${file}`]);
    writeFileSync(file, 'collector.connections.exclude: Branch.*\n');
    exporter.kill('SIGHUP');
    await expect
      .poll(() => exporter.stderr())
      .toContain('msg="Configuration reloaded" changed=collector.connections.exclude');
    writeFileSync(file, 'nonsense: 1\n');
    exporter.kill('SIGHUP');
    await expect.poll(() => exporter.stderr()).toContain('msg="Configuration cannot be reloaded');
    expect((await exporter.get('/metrics')).body).toContain('entry="Head Office"');
  });

  it('is told at debug what it is configured with', async () => {
    const file = write('log.level: debug\nscrape.timeout: 7s\n');
    const exporter = await startExporterProcess([`--config.file=${file}`]);
    expect(exporter.stderr()).toMatch(/level=debug msg=Configuration .*scrape\.timeout=7s log\.level=debug/);
  });

  it('does not start with a file that is wrong, and says all that is', async () => {
    const file = write('log.level: loud\nxyzzy: 1\n');
    expect(await runExporter([`--config.file=${file}`])).toMatchObject({
      exitCode: 2,
      stderr: [
        `ras_exporter: ${file}:2: xyzzy: there is no such setting`,
        `ras_exporter: ${file}:1: log.level must be one of debug, info, warn, error, not "loud"`,
        '',
      ].join('\n'),
    });
    expect(await runExporter(['--config.file='])).toMatchObject({
      exitCode: 2,
      stderr: 'ras_exporter: --config.file must not be empty\n',
    });
  });
});

describe.skipIf(process.platform === 'win32')('an exporter where there is no event log', { timeout: 40_000 }, () => {
  it('does not start when it is to log there', async () => {
    const { exitCode, stderr } = await runExporter(['--log.file=eventlog']);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'ras_exporter: --log.file: eventlog is the one of Windows; here it must be stderr, stdout or the path of a file\n',
    );
  });
});

describe('config check', { timeout: 40_000 }, () => {
  it('prints the configuration, with where it comes from, as a file that means the same', async () => {
    const file = write(
      'collector: { connections: { include: "Ö.*\\u202e|\\"x\\"" } }\ncollectors.disabled: []\nscrape.timeout: 007\nweb.listen-address: [":1", ":2"]\nlog.level: debug\n',
    );
    const { exitCode, stdout, stderr } = await runExporter(['config', 'check', file, '--log.level=warn']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^log\.level: warn +# --log\.level$/m);
    expect(stdout).toContain(`# ${file}:3: scrape.timeout`);
    expect(stdout).toMatch(/^web\.telemetry-path: \/metrics +# default$/m);
    expect(stdout).not.toContain('\u202e');
    const printed = parseConfigFile(stdout, 'printed');
    const written = parseConfigFile(readFileSync(file, 'utf8'), 'written');
    expect(printed.problems).toEqual([]);
    expect(resolveConfig({}, {}, printed.settings)).toEqual(
      resolveConfig({ 'log.level': ['warn'] }, {}, written.settings),
    );
  });

  it('says all that is wrong, in the file and in the files that it names, with exit code 2', async () => {
    const scenario = write('entries: 7');
    const file = write(
      `collector.connections.include: "("\nlog.levle: x\ncollectors.enabled: [nothing]\nsimulation.scenario: ${scenario}\n`,
    );
    const { exitCode, stdout, stderr } = await runExporter(['config', 'check', file]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([
      `ras_exporter: ${file}:2: log.levle: there is no such setting; did you mean log.level?`,
      expect.stringContaining(`${file}:1: collector.connections.include must be a regular expression`),
      expect.stringContaining(`--simulation.scenario: ${scenario}:1: entries: expected a list`),
      expect.stringContaining('there is no collector "nothing"'),
    ]);
  });

  it.each([
    [['config'], 'config needs a command: ras_exporter config check FILE'],
    [['config', 'check'], "missing required argument 'file'"],
    [['config', 'chekc', 'x'], 'there is no command'],
    [['config', 'check', '/nonexistent.yml'], '/nonexistent.yml: cannot be read: ENOENT'],
  ])('%j is refused with exit code 2', async (args, message) => {
    const { exitCode, stderr } = await runExporter(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});

describe('the example of the documentation', () => {
  const text = readFileSync(join(root, 'docs/example-config.yml'), 'utf8');

  it('is right as it stands', () => {
    const { settings, problems } = parseConfigFile(text, 'example');
    expect(problems).toEqual([]);
    expect(() => resolveConfig({}, {}, settings)).not.toThrow();
  });

  it('shows every setting, those that are comments with a value that is right', () => {
    const everything = text.replaceAll(/^( *)# ?(?=[\w.-]+:(?: |$)|- )/gm, '$1');
    const { settings, problems } = parseConfigFile(everything, 'example');
    expect(problems).toEqual([]);
    expect(() => resolveConfig({}, {}, settings)).not.toThrow();
    const inFile = FLAGS.filter((flag) => !('inFile' in flag)).map(({ name }) => name);
    expect([...settings.keys()].toSorted()).toEqual(inFile.toSorted());
  });
});
