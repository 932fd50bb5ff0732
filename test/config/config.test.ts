import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { type Config, ConfigError, resolveConfig } from '../../src/config/config.ts';
import { FLAGS } from '../../src/config/flags.ts';

function configOf(args: readonly string[], environment: Record<string, string> = {}): Config {
  const invocation = parseCommandLine(args);
  if (invocation.command === 'print') throw new Error(invocation.text);
  return resolveConfig(invocation.flags, environment);
}

describe('the configuration', () => {
  it('has the defaults that the documentation names', () => {
    expect(configOf([])).toEqual({
      web: {
        listenAddresses: [{ host: undefined, port: 10_600 }],
        telemetryPath: '/metrics',
        maxRequests: 40,
        lifecycle: false,
        exporterMetrics: true,
      },
      collectors: { enabled: ['[defaults]'], disabled: [] },
      connections: { include: undefined, exclude: undefined, expected: undefined },
      phonebook: { paths: [] },
      projection: { addresses: false },
      events: { since: 0 },
      scrape: { timeout: 10_000, timeoutMargin: 500 },
      ras: { api: 'auto' },
      simulation: { scenario: undefined },
      log: { level: 'info', format: 'logfmt', file: 'stderr' },
      warnings: [],
    });
  });

  it('takes flags with = and with a space, the last one where one is meant, all where several are', () => {
    const config = configOf([
      '--web.listen-address=127.0.0.1:1',
      '--web.listen-address',
      '[::1]:2',
      '--log.level=debug',
      '--log.level',
      'warn',
      '--web.disable-exporter-metrics',
    ]);
    expect(config.web.listenAddresses).toEqual([
      { host: '127.0.0.1', port: 1 },
      { host: '::1', port: 2 },
    ]);
    expect(config.log.level).toBe('warn');
    expect(config.web.exporterMetrics).toBe(false);
  });

  it('takes a flag before the environment, and the environment before the default', () => {
    const environment = { RAS_EXPORTER_LOG_LEVEL: 'error', RAS_EXPORTER_LOG_FORMAT: 'json' };
    const config = configOf(['--log.level=debug'], environment);
    expect(config.log).toMatchObject({ level: 'debug', format: 'json' });
  });

  it('takes several listen addresses from the environment, switches as true or false, and empty as not there', () => {
    const config = configOf([], {
      RAS_EXPORTER_WEB_LISTEN_ADDRESS: '127.0.0.1:1,127.0.0.1:2',
      RAS_EXPORTER_WEB_DISABLE_EXPORTER_METRICS: 'false',
      RAS_EXPORTER_LOG_LEVEL: '',
    });
    expect(config.web.listenAddresses.map(({ port }) => port)).toEqual([1, 2]);
    expect(config.web.exporterMetrics).toBe(true);
    expect(config.log.level).toBe('info');
  });

  it('takes switches with true and false, which win over the environment', () => {
    const environment = { RAS_EXPORTER_WEB_DISABLE_EXPORTER_METRICS: 'true' };
    expect(configOf([], environment).web.exporterMetrics).toBe(false);
    expect(configOf(['--web.disable-exporter-metrics=false'], environment).web.exporterMetrics).toBe(true);
    expect(configOf(['--web.disable-exporter-metrics=true']).web.exporterMetrics).toBe(false);
    const twice = ['--web.disable-exporter-metrics=false', '--web.disable-exporter-metrics'];
    expect(configOf(twice).web.exporterMetrics).toBe(false);
  });

  it('is frozen through and through', () => {
    const config = configOf(['--web.listen-address=:1']);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.web)).toBe(true);
    expect(Object.isFrozen(config.web.listenAddresses)).toBe(true);
    expect(Object.isFrozen(config.web.listenAddresses[0])).toBe(true);
  });
});

describe('what is wrong is refused with what would be right:', () => {
  it.each([
    [['--web.listen-adress=:1'], 'there is no flag --web.listen-adress; did you mean --web.listen-address?'],
    [['--nothing.like-it'], 'there is no flag --nothing.like-it; see ras_exporter --help'],
    [['--log.level'], 'argument missing'],
    [['--log.level=loud'], '--log.level must be one of debug, info, warn, error, not "loud"'],
    [['--web.listen-address=10600'], '--web.listen-address must be host:port'],
    [['--collector.connections.include=('], '--collector.connections.include must be a regular expression'],
    [['--scrape.timeout=0s'], '--scrape.timeout must be longer than 0, not "0s"'],
    [['--web.telemetry-path=/health'], '--web.telemetry-path must not be "/health", which answers something else'],
    [['--web.max-requests=-1'], '--web.max-requests must be a whole number'],
    [['--log.file='], '--log.file must not be empty'],
    [['--simulation.scenario='], '--simulation.scenario must not be empty'],
    [['frobnicate'], 'there is no command "frobnicate"; there is: check, config check, health, service'],
    [['check', 'now'], 'there is no command "now"'],
    [['check', '--json=1'], '--json takes no value'],
    [['--json'], '--json belongs to the command check'],
    [['--web.disable-exporter-metrics=yes'], '--web.disable-exporter-metrics must be true or false, not "yes"'],
  ])('%j', (args, message) => {
    expect(() => configOf(args)).toThrow(ConfigError);
    expect(() => configOf(args)).toThrow(message);
    expect(() => configOf(args)).not.toThrow(/\n/);
  });

  it('a list of addresses without an address', () => {
    expect(() => configOf([], { RAS_EXPORTER_WEB_LISTEN_ADDRESS: ',' })).toThrow(
      'RAS_EXPORTER_WEB_LISTEN_ADDRESS must name at least one',
    );
  });

  it('a variable, by its name', () => {
    expect(() => configOf([], { RAS_EXPORTER_RAS_API: 'wmi' })).toThrow(
      'RAS_EXPORTER_RAS_API must be one of auto, rasapi32, simulated, not "wmi"',
    );
  });
});

describe('the command line', () => {
  it('knows check, with flags before and after it', () => {
    expect(parseCommandLine(['check', '--json', '--ras.api=simulated'])).toEqual({
      command: 'check',
      json: true,
      flags: { 'ras.api': ['simulated'] },
    });
    expect(parseCommandLine(['--ras.api=simulated', 'check'])).toEqual({
      command: 'check',
      json: false,
      flags: { 'ras.api': ['simulated'] },
    });
  });

  it('prints help that names every flag, and the version', () => {
    const help = parseCommandLine(['--help']);
    const version = parseCommandLine(['--version']);
    for (const { name } of FLAGS) expect(help).toMatchObject({ text: expect.stringContaining(`--${name}`) });
    expect(version).toMatchObject({ text: expect.stringMatching(/^ras_exporter \d+\.\d+\.\d+\n$/) });
    expect(parseCommandLine(['check', '--help'])).toMatchObject({ text: expect.stringContaining('--json') });
  });
});
