/** Every flag: name, what follows it, default, help. Command line, environment, configuration file and documentation read this list. */

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** What the value is called in the help; absent for switches. */
  readonly value?: string;
  /** Shown in the help; the text that is parsed when nobody says otherwise. */
  readonly default?: string;
  readonly repeatable?: boolean;
  /** Whether the value is a comma list. */
  readonly list?: boolean;
  /** Whether a reload changes it in a running exporter; all others keep what they were at the start. */
  readonly live?: boolean;
  /** Whether the value is shown nowhere: not in the log, not by `config check`, not by its parser when it is wrong. */
  readonly secret?: boolean;
  /** Whether it can stand in the configuration file; default true. */
  readonly inFile?: boolean;
  readonly help: string;
}

export const FLAGS = [
  {
    name: 'config.file',
    value: 'file',
    inFile: false,
    help: 'YAML file with the same settings: the names of the flags as keys, nested at the dots or not.',
  },
  {
    name: 'web.listen-address',
    value: 'address',
    default: ':10600',
    repeatable: true,
    help: 'Address to listen on: host:port, [IPv6]:port or :port. May be given several times.',
  },
  { name: 'web.telemetry-path', value: 'path', default: '/metrics', help: 'Path of the metrics.' },
  {
    name: 'web.config.file',
    value: 'file',
    help: 'YAML file with TLS, users, headers and rate limit, in the format of the exporter toolkit.',
  },
  {
    name: 'web.max-requests',
    live: true,
    value: 'number',
    default: '40',
    help: 'Scrapes that may be in flight at once; more are answered 503. 0 = no limit.',
  },
  {
    name: 'web.enable-lifecycle',
    help: 'Allow POST /-/reload, which reads the configuration again.',
  },
  {
    name: 'web.disable-exporter-metrics',
    live: true,
    help: 'Leave out the metrics of the exporter process: process_*, nodejs_*, ras_exporter_http_*.',
  },
  {
    name: 'collectors.enabled',
    list: true,
    live: true,
    value: 'names',
    default: '[defaults]',
    help: 'Comma list of the collectors to use; [defaults] stands for those that are on by default.',
  },
  { name: 'collectors.disabled', list: true, live: true, value: 'names', help: 'Comma list of collectors not to use.' },
  {
    name: 'collector.connections.include',
    live: true,
    value: 'pattern',
    help: 'Regular expression: show only connections whose whole entry name matches.',
  },
  {
    name: 'collector.connections.exclude',
    live: true,
    value: 'pattern',
    help: 'Regular expression: do not show connections whose whole entry name matches.',
  },
  {
    name: 'collector.connections.expected',
    live: true,
    value: 'pattern',
    help: 'Regular expression over entry names: what should be up. Default: the entries that Windows marks Always On.',
  },
  {
    name: 'collector.phonebook.paths',
    list: true,
    live: true,
    value: 'files',
    help: 'Comma list of further phone books (.pbk) to read. With it, ras_phonebook_info shows the path of every phone book.',
  },
  {
    name: 'collector.projection.addresses',
    live: true,
    help: 'Show the IP addresses of the tunnels as labels.',
  },
  {
    name: 'collector.events.since',
    value: 'start',
    default: 'start',
    help: 'From when on records of the event log are counted: start (of the exporter), or a duration before it, like 24h.',
  },
  {
    name: 'scrape.timeout',
    live: true,
    value: 'duration',
    default: '10s',
    help: 'How long a scrape may take when the scraper does not say (X-Prometheus-Scrape-Timeout-Seconds).',
  },
  {
    name: 'scrape.timeout-margin',
    live: true,
    value: 'duration',
    default: '0.5s',
    help: 'Subtracted from the time-out, so that the answer arrives in time. Never takes more than half of it.',
  },
  {
    name: 'otlp.enabled',
    help: 'Push the metrics over OTLP. On as well when --otlp.endpoint or OTEL_EXPORTER_OTLP_ENDPOINT (or its METRICS variant) is set.',
  },
  {
    name: 'otlp.endpoint',
    value: 'url',
    help: 'Where to push to; over HTTP, /v1/metrics is appended. Default: OTEL_EXPORTER_OTLP_ENDPOINT, else localhost.',
  },
  {
    name: 'otlp.protocol',
    value: 'protocol',
    help: 'http/protobuf, http/json or grpc. Default: OTEL_EXPORTER_OTLP_PROTOCOL, else http/protobuf.',
  },
  {
    name: 'otlp.interval',
    value: 'duration',
    help: 'Time from push to push. Default: OTEL_METRIC_EXPORT_INTERVAL, else 60s.',
  },
  {
    name: 'otlp.headers',
    secret: true,
    value: 'list',
    help: 'Headers of every push as name=value,name=value, percent-encoded; added to those of OTEL_EXPORTER_OTLP_HEADERS. Better given in the file: every user of a machine may read command lines.',
  },
  {
    name: 'ras.api',
    value: 'api',
    default: 'auto',
    help: 'rasapi32, simulated, or auto: rasapi32 on Windows, else simulated.',
  },
  { name: 'simulation.scenario', value: 'file', help: 'YAML scenario for the simulated API. Default: a built-in one.' },
  { name: 'log.level', live: true, value: 'level', default: 'info', help: 'debug, info, warn or error.' },
  { name: 'log.format', live: true, value: 'format', default: 'logfmt', help: 'logfmt or json.' },
  {
    name: 'log.file',
    value: 'file',
    default: 'stderr',
    help: 'stderr, stdout, eventlog (of Windows), or the path of a file. Default of a service: eventlog.',
  },
] as const satisfies readonly Flag[];

export type FlagName = (typeof FLAGS)[number]['name'];

/** `web.listen-address` → `RAS_EXPORTER_WEB_LISTEN_ADDRESS`. */
export function environmentVariable(name: FlagName): string {
  return `RAS_EXPORTER_${name.toUpperCase().replaceAll(/[.-]/g, '_')}`;
}

/** A flag by its name. */
export function flagNamed(name: FlagName): Flag & { readonly name: FlagName } {
  const found = FLAGS.find((flag) => flag.name === name);
  if (found === undefined) throw new Error(`there is no flag ${name}`);
  return found;
}

/** Whether this is the name of a flag. */
export function isFlagName(name: string): name is FlagName {
  return FLAGS.some((flag) => flag.name === name);
}
