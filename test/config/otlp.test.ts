/** Whether, where and how is pushed: flags, and the variables of the OpenTelemetry specification. */
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { type Config, resolveConfig } from '../../src/config/config.ts';
import type { OtlpConfig } from '../../src/config/otlp.ts';

type Environment = Readonly<Record<string, string>>;

function configOf(args: readonly string[], environment: Environment): Config {
  const invocation = parseCommandLine(args);
  if (invocation.command === 'print') throw new Error(invocation.text);
  return resolveConfig(invocation.flags, environment);
}

function otlpOf(args: readonly string[], environment: Environment = {}): OtlpConfig | undefined {
  return configOf(args, environment).otlp;
}

function warningsOf(args: readonly string[], environment: Environment): readonly string[] {
  return configOf(args, environment).warnings;
}

function on(environment: Environment = {}, ...args: readonly string[]): OtlpConfig {
  const otlp = otlpOf(['--otlp.enabled', ...args], environment);
  if (otlp === undefined) throw new Error('it is off');
  return otlp;
}

const BASE = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://base:4318' };
const FOR_METRICS = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics:1234/push' };

describe('pushing', () => {
  it.each([
    ['nothing is said', [], {}, false],
    ['the flag says so', ['--otlp.enabled'], {}, true],
    ['its variable says so', [], { RAS_EXPORTER_OTLP_ENABLED: 'true' }, true],
    ['an endpoint is given', ['--otlp.endpoint=http://a'], {}, true],
    ['an endpoint is given for everything', [], BASE, true],
    ['an endpoint is given for metrics', [], FOR_METRICS, true],
    ['an endpoint is empty', [], { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    ['the flag says no, and an endpoint is given', ['--otlp.enabled=false'], BASE, false],
    ['the variable says no, and an endpoint is given', [], { ...BASE, RAS_EXPORTER_OTLP_ENABLED: 'false' }, false],
    ['the SDK is disabled', [], { ...BASE, OTEL_SDK_DISABLED: 'TRUE' }, false],
    ['the SDK is not disabled', [], { ...BASE, OTEL_SDK_DISABLED: 'false' }, true],
    [
      'the SDK is disabled against our variable',
      [],
      { RAS_EXPORTER_OTLP_ENABLED: 'true', OTEL_SDK_DISABLED: 'true' },
      false,
    ],
    ['the SDK is disabled, but the command line says so', ['--otlp.enabled'], { OTEL_SDK_DISABLED: 'true' }, true],
    ['metrics go elsewhere', [], { ...BASE, OTEL_METRICS_EXPORTER: 'none' }, false],
    ['metrics go here, too', [], { ...BASE, OTEL_METRICS_EXPORTER: 'console, otlp' }, true],
  ] as const)('when %s (%j %j): %s', (_, args, environment, expected) => {
    expect(otlpOf(args, environment) !== undefined).toBe(expected);
  });

  it('has the defaults of the specification', () => {
    expect(on()).toEqual({
      endpoint: 'http://localhost:4318/v1/metrics',
      protocol: 'http/protobuf',
      interval: 60_000,
      timeout: 10_000,
      headers: {},
      tls: {},
      resource: {},
      logLevel: 'info',
    });
  });

  it('does not look at the variables of OpenTelemetry while it is off: they are for others', () => {
    expect(otlpOf([], { OTEL_METRIC_EXPORT_INTERVAL: 'soon', OTEL_EXPORTER_OTLP_PROTOCOL: 'smtp' })).toBeUndefined();
  });
});

describe('the endpoint', () => {
  it.each([
    [[], BASE, 'http://base:4318/v1/metrics'],
    [[], { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://a/otlp/' }, 'https://a/otlp/v1/metrics'],
    [[], { ...BASE, ...FOR_METRICS }, 'http://metrics:1234/push'],
    [[], { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://metrics:1234' }, 'http://metrics:1234/'],
    [['--otlp.endpoint=http://flag/otlp'], { ...BASE, ...FOR_METRICS }, 'http://flag/otlp/v1/metrics'],
    [['--otlp.endpoint=http://flag/otlp/v1/metrics?key=1'], {}, 'http://flag/otlp/v1/metrics?key=1'],
    [['--otlp.protocol=grpc'], {}, 'http://localhost:4317'],
    [['--otlp.protocol=grpc', '--otlp.endpoint=collector:4317'], {}, 'https://collector:4317'],
    [
      ['--otlp.protocol=grpc', '--otlp.endpoint=collector:4317'],
      { OTEL_EXPORTER_OTLP_INSECURE: 'true' },
      'http://collector:4317',
    ],
    [['--otlp.protocol=grpc', '--otlp.endpoint=https://collector:4317/x'], {}, 'https://collector:4317'],
  ] as const)('of %j and %j is %s', (args, environment, expected) => {
    expect(on(environment, ...args).endpoint).toBe(expected);
  });
});

describe('values', () => {
  it('of flags come before the variables, those for metrics before those for everything', () => {
    const environment = {
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TIMEOUT: '4000',
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '3000',
    };
    expect(on(environment)).toMatchObject({ interval: 5000, protocol: 'grpc', timeout: 3000 });
    expect(on(environment, '--otlp.interval=2s', '--otlp.protocol=http/protobuf')).toMatchObject({
      interval: 2000,
      protocol: 'http/protobuf',
      timeout: 1600,
    });
    expect(on({ OTEL_METRIC_EXPORT_TIMEOUT: '1500' }).timeout).toBe(1500);
  });

  it('of headers are added up, whatever the case of their names, and decoded', () => {
    const environment = {
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpi==, X-Scope-OrgID = all',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-scope-orgid=metrics',
    };
    expect(on(environment, '--otlp.headers=AUTHORIZATION=Bearer c').headers).toEqual({
      authorization: 'Bearer c',
      'x-scope-orgid': 'metrics',
    });
    expect(on(environment).headers.authorization).toBe('Basic YTpi==');
  });

  it('of the resource are decoded, and the name of the service wins', () => {
    const environment = {
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=test%2C%20here,service.instance.id=a',
      OTEL_SERVICE_NAME: 'vpn',
    };
    expect(on(environment).resource).toEqual({
      'service.name': 'vpn',
      'deployment.environment.name': 'test, here',
      'service.instance.id': 'a',
    });
  });

  it('of certificates are the names of the files, which are read when they are needed', () => {
    const environment = {
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/none/ca',
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: ' /none/cert ',
      OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY: '/none/key',
    };
    expect(on(environment).tls).toEqual({
      ca: { path: '/none/ca', variable: 'OTEL_EXPORTER_OTLP_CERTIFICATE' },
      cert: { path: '/none/cert', variable: 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE' },
      key: { path: '/none/key', variable: 'OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY' },
    });
  });

  it('that the specification has count as false are warned of where they may be meant otherwise', () => {
    const environment = { ...BASE, OTEL_SDK_DISABLED: 'yes', OTEL_EXPORTER_OTLP_INSECURE: '1' };
    expect(otlpOf([], environment)).toBeDefined();
    expect(warningsOf([], environment)).toEqual([
      'OTEL_SDK_DISABLED must be true or false: what it is counts as false',
      'OTEL_EXPORTER_OTLP_INSECURE must be true or false: what it is counts as false',
    ]);
    expect(warningsOf([], { ...BASE, OTEL_SDK_DISABLED: 'False' })).toEqual([]);
    expect(warningsOf([], { OTEL_SDK_DISABLED: 'yes' })).toEqual([]);
  });

  it('of OTEL_METRICS_EXPORTER that nobody knows are warned of', () => {
    expect(otlpOf([], { ...BASE, OTEL_METRICS_EXPORTER: 'oltp,prometheus' })).toBeUndefined();
    expect(warningsOf([], { ...BASE, OTEL_METRICS_EXPORTER: 'oltp,prometheus' })).toEqual([
      'OTEL_METRICS_EXPORTER holds "oltp", which is none of otlp, prometheus, console, logging, none',
    ]);
    expect(warningsOf([], { ...BASE, OTEL_METRICS_EXPORTER: 'console, otlp' })).toEqual([]);
  });
});

describe('a wrong value', () => {
  it.each([
    [['--otlp.protocol=smtp'], {}, '--otlp.protocol must be one of http/protobuf, http/json, grpc, not "smtp"'],
    [['--otlp.interval=0'], {}, '--otlp.interval must be from 100ms to 24h, not "0"'],
    [['--otlp.interval=30d'], {}, '--otlp.interval must be from 100ms to 24h, not "30d"'],
    [
      ['--otlp.endpoint=collector:4318'],
      {},
      '--otlp.endpoint must be a URL such as https://otlp.example.com:4318, not',
    ],
    [['--otlp.endpoint=ftp://a'], {}, '--otlp.endpoint must be a URL'],
    [['--otlp.enabled=false', '--otlp.endpoint=ftp://a'], {}, '--otlp.endpoint must be a URL'],
    [['--otlp.headers=Content-Length=3'], {}, '--otlp.headers must not set content-length, which belongs to the trans'],
    [
      [],
      { OTEL_EXPORTER_OTLP_HEADERS: 'a=1,Host=b' },
      'OTEL_EXPORTER_OTLP_HEADERS must not set host, which belongs to',
    ],
    [['--otlp.protocol=grpc', '--otlp.headers=a-bin=1'], {}, '--otlp.headers has a header name in item 1 that gRPC'],
    [
      ['--otlp.protocol=grpc'],
      { OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'a=1,x!y=1' },
      'OTEL_EXPORTER_OTLP_METRICS_HEADERS has a header name in item 2 that gRPC',
    ],
    [
      ['--otlp.headers=a-bin=1'],
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      '--otlp.headers has a header name in item 1 that gRPC',
    ],
    [
      [],
      { OTEL_METRIC_EXPORT_INTERVAL: '10s' },
      'OTEL_METRIC_EXPORT_INTERVAL must be a number of milliseconds above 0',
    ],
    [[], { OTEL_METRIC_EXPORT_TIMEOUT: '0' }, 'OTEL_METRIC_EXPORT_TIMEOUT must be a number of milliseconds above 0'],
    [[], { OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' }, 'OTEL_EXPORTER_OTLP_COMPRESSION must be one of gzip, none, not'],
    [[], { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' }, 'must be cumulative, not "delta"'],
    [[], { OTEL_LOG_LEVEL: 'loud' }, 'OTEL_LOG_LEVEL must be one of none, error, warn, info, debug, verbose, all'],
    [
      [],
      { OTEL_RESOURCE_ATTRIBUTES: 'a=1,b' },
      'OTEL_RESOURCE_ATTRIBUTES must be a list such as name=value,name=value; item 2',
    ],
    [[], { OTEL_RESOURCE_ATTRIBUTES: 'a=100%' }, 'OTEL_RESOURCE_ATTRIBUTES is not percent-encoded in item 1'],
  ] as const)('in %j %j is refused: %s', (args, environment, reason) => {
    expect(() => on(environment, ...args)).toThrow(reason);
  });

  it('of a client is refused when its other half is missing', () => {
    expect(() => on({ OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '/none' })).toThrow(
      'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE is of no use alone',
    );
  });

  it.each([
    ['has no name', 'hunter2', {}],
    ['has a name that is none', 'two words=hunter2', {}],
    ['cannot be sent', 'a=hunter2%0d%0aX-Other: 1', {}],
    ['is not encoded', 'a=hunter2%', {}],
  ])('of a header that %s is refused without being repeated', (_, headers) => {
    for (const refused of [
      () => on({}, `--otlp.headers=b=1,${headers}`),
      () => on({ OTEL_EXPORTER_OTLP_HEADERS: `b=1,${headers}` }),
    ]) {
      expect(refused).toThrow(/item 2/);
      expect(refused).not.toThrow(/hunter2/);
    }
  });

  it('of an endpoint with a key in its query is refused without the key', () => {
    for (const url of ['collector:4318/v1?key=hunter2', 'htps://a?b=1?hunter2', 'http://a b?hunter2 hunter2']) {
      expect(() => on({}, `--otlp.endpoint=${url}`)).toThrow('--otlp.endpoint must be a URL');
      expect(() => on({}, `--otlp.endpoint=${url}`)).not.toThrow(/hunter2/);
    }
  });

  it('of an endpoint with a password is refused without being repeated', () => {
    for (const url of ['https://user:hunter2@a', 'htps//user:hunter2@a']) {
      expect(() => on({}, `--otlp.endpoint=${url}`)).toThrow('--otlp.endpoint must');
      expect(() => on({}, `--otlp.endpoint=${url}`)).not.toThrow(/hunter2/);
    }
  });
});
