import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Config, resolveConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { parseConfigFile, readConfigFile } from '../../src/config/file.ts';

function configOf(yaml: string): Config {
  const { settings, problems } = parseConfigFile(yaml, 'ras.yml');
  expect(problems).toEqual([]);
  return resolveConfig({}, {}, settings);
}

/** What is wrong with a file, be it its form or its values. */
function problemsOf(yaml: string): readonly string[] {
  const { settings, problems } = parseConfigFile(yaml, 'ras.yml');
  try {
    resolveConfig({}, {}, settings);
  } catch (error) {
    if (error instanceof ConfigError) return [...problems, ...error.problems];
    throw error;
  }
  return problems;
}

describe('a configuration file', () => {
  it('has the names of the flags as keys, nested, flat, or partly', () => {
    const nested = 'collector:\n  connections:\n    include: A.*\n    exclude: B\nlog: { level: warn }';
    const flat = 'collector.connections.include: A.*\ncollector.connections.exclude: B\nlog.level: warn';
    const partly =
      'collector.connections:\n  include: A.*\ncollector: { connections.exclude: B }\nlog: { level: warn }';
    expect(configOf(nested)).toMatchObject({ connections: { include: /^(?:A.*)$/su, exclude: /^(?:B)$/su } });
    expect(configOf(flat)).toEqual(configOf(nested));
    expect(configOf(partly)).toEqual(configOf(nested));
  });

  it('has lists where a flag is given several times or takes a comma list', () => {
    const { web, collectors, phonebook } = configOf(`
      web.listen-address: ['127.0.0.1:1', "[::1]:2"]
      collectors: { enabled: ["[defaults]"], disabled: [] }
      collector.phonebook.paths:
        - C:\\Books\\one, two.pbk
        - D:\\three.pbk
    `);
    expect(web.listenAddresses.map(({ port }) => port)).toEqual([1, 2]);
    expect(collectors).toEqual({ enabled: ['[defaults]'], disabled: [] });
    // A comma in an item is a comma of the path.
    expect(phonebook.paths).toEqual(['C:\\Books\\one, two.pbk', 'D:\\three.pbk']);
    expect(configOf('collectors.disabled: a, b').collectors.disabled).toEqual(['a', 'b']);
    expect(configOf('web.listen-address: :7').web.listenAddresses).toEqual([{ host: undefined, port: 7 }]);
  });

  it('has true and false for switches, and numbers and durations as they are', () => {
    const { web, scrape } = configOf(
      'web: { enable-lifecycle: true, disable-exporter-metrics: false, max-requests: 7 }\nscrape: { timeout: 5, timeout-margin: 250ms }',
    );
    expect(web).toMatchObject({ lifecycle: true, exporterMetrics: true, maxRequests: 7 });
    expect(scrape).toEqual({ timeout: 5000, timeoutMargin: 250 });
  });

  it('takes a number as it is written: 007 is a name that somebody forgot to quote', () => {
    expect(configOf('collector.connections.include: 007').connections.include?.test('007')).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['nothing but comments', '# log.level: debug\n'],
    ['a group without settings', 'log:\n  # level: debug\n'],
    ['one with a byte order mark', '\ufefflog.level: info'],
    ['JSON', '{"log": {"level": "info"}}'],
  ])('may be %s', (_, yaml) => {
    expect(configOf(yaml)).toEqual(resolveConfig({}, {}));
  });
});

describe('what is wrong in a file is refused with file, line, key, and what would be right:', () => {
  it.each([
    ['logg:\n  level: info', 'ras.yml:1: logg: there is no such setting; did you mean log?'],
    ['\nlog:\n  levle: info', 'ras.yml:3: log.levle: there is no such setting; did you mean log.level?'],
    [
      'colector.conections.include: A',
      'ras.yml:1: colector.conections.include: there is no such setting; did you mean collector.connections.include?',
    ],
    ['xyzzy: 1', 'ras.yml:1: xyzzy: there is no such setting'],
    ['__proto__: 1', 'ras.yml:1: __proto__: there is no such setting'],
    ['log:\n  level: info\nlog.level: warn', 'ras.yml:3: log.level: stands in line 2 as well'],
    ['log.level: info\nlog.level: info', 'ras.yml:2: log.level: the key stands here twice'],
    ['log.level: loud', 'ras.yml:1: log.level must be one of debug, info, warn, error, not "loud"'],
    ['log.level:', 'ras.yml:1: log.level: has no value; give one, or leave the key out'],
    ['log.level: [info]', 'ras.yml:1: log.level: expected text, found a list'],
    ['log.level: { is: info }', 'ras.yml:1: log.level: expected text, found settings within it'],
    ['log: info', 'ras.yml:1: log: expected settings (key: value), found "info"'],
    ['- log', 'ras.yml:1: expected settings (key: value), found a list'],
    ['web.enable-lifecycle: yes', 'ras.yml:1: web.enable-lifecycle: expected true or false, found "yes"'],
    ['web.enable-lifecycle: 1', 'ras.yml:1: web.enable-lifecycle: expected true or false, found 1'],
    [
      'collector.connections.include: true',
      'ras.yml:1: collector.connections.include: expected text, found true; put it in quotes',
    ],
    ['collectors.enabled: [[defaults]]', 'ras.yml:1: collectors.enabled: expected text in the list, found a list'],
    ['web.listen-address: []', 'ras.yml:1: web.listen-address must name at least one'],
    ['config.file: other.yml', 'ras.yml:1: config.file: cannot stand in a configuration file; use --config.file'],
    ['a: &x 1', 'ras.yml:1: a: anchors (&…) are not read; leave it out, or put the value in quotes'],
    ['log.level: !!str info', 'ras.yml:1: log.level: tags (!…) are not read; leave it out, or put the value in quotes'],
    ['log.level: "info', /^ras\.yml:1: not valid YAML: /],
    ['a: 1\n---\nb: 2', 'ras.yml:2: must be one YAML document'],
    ['['.repeat(20_000), 'ras.yml:1: not valid YAML: nested too deeply'],
    ['['.repeat(20_000) + ']'.repeat(20_000), 'ras.yml:1: not valid YAML: nested too deeply'],
    ['#'.repeat(300_000), 'ras.yml: at most 262144 characters'],
  ])('%.60s', (yaml, problem) => {
    expect(problemsOf(yaml)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
  });

  it.each([
    ['otlp: "headers=api-key=SECRET"', 'ras.yml:1: otlp: expected settings (key: value), found <secret>'],
    ['otlp.headers=api-key=SECRET', 'ras.yml:1: expected settings (key: value), found <secret>'],
    ['otlp.headers=api-key=SECRET: x', 'ras.yml:1: otlp.headers=<secret>: there is no such setting'],
    ['otlp: { api-key=SECRET: x }', 'ras.yml:1: otlp.<secret>: there is no such setting'],
    ['otlp.headers: [[SECRET]]', 'ras.yml:1: otlp.headers: expected text, found a list'],
    [
      'otlp.headers: *SECRET',
      'ras.yml:1: otlp.headers: aliases (*…) are not read; write the value itself, in quotes if it begins with *',
    ],
    [
      'otlp.headers: !SECRET',
      'ras.yml:1: otlp.headers: tags (!…) are not read; leave it out, or put the value in quotes',
    ],
    [
      'otlp.headers: &SECRET x',
      'ras.yml:1: otlp.headers: anchors (&…) are not read; leave it out, or put the value in quotes',
    ],
    ['otlp.headers: |SECRET', /^ras\.yml:1: not valid YAML: /],
    ['otlp.headers: "\\uSECRET"', /^ras\.yml:1: not valid YAML: Invalid escape/],
    ['otlp.headers: @SECRET', /^ras\.yml:1: not valid YAML: /],
  ])('without what may be a secret: %s', (yaml, problem) => {
    const told = problemsOf(yaml);
    expect(told).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
    expect(told[0]).not.toContain('SECRET');
  });

  it('everything that is wrong, not only the first', () => {
    expect(
      problemsOf('log.level: loud\nxyzzy: 1\nscrape:\n  timeout: 0s\n  timeout-margin: [1]\nras.api: wmi'),
    ).toEqual([
      'ras.yml:2: xyzzy: there is no such setting',
      'ras.yml:5: scrape.timeout-margin: expected text, found a list',
      'ras.yml:4: scrape.timeout must be longer than 0, not "0s"',
      'ras.yml:6: ras.api must be one of auto, rasapi32, simulated, not "wmi"',
      'ras.yml:1: log.level must be one of debug, info, warn, error, not "loud"',
    ]);
  });

  it('on one line, whatever stands in it', () => {
    for (const problem of problemsOf('"a\\nb\\u2028": 1')) expect(problem).not.toMatch(/[\p{Cc}\p{Zl}]/u);
  });
});

describe('a file that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ras-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is a problem that names it', () => {
    const path = join(folder, 'utf16.yml');
    writeFileSync(path, '\ufefflog.level: info', 'utf16le');
    expect(readConfigFile(path).problems).toEqual([`${path}: is not UTF-8 text`]);
    expect(readConfigFile(folder).problems).toEqual([`${folder}: cannot be read: EISDIR`]);
    expect(readConfigFile(join(folder, 'no.yml')).problems).toEqual([
      `${join(folder, 'no.yml')}: cannot be read: ENOENT`,
    ]);
    expect(readConfigFile('/dev/zero').problems).toEqual(['/dev/zero: is not a file']);
  });
});
