/**
 * The alerts: symptoms, few of them, with slack for blips and for machines that sleep.
 *
 * Those about one connection are about connections that are expected to be up (`ras_connection_expected`). Those about many look
 * at all of them, and stand for the alerts of each in Alertmanager (`dashboards/prometheus/alertmanager.yaml`).
 */
import { increaseFromBirth, rise } from '../increase.ts';
import { expectedDown, reported, withServer } from './connections.ts';
import type { Alert } from './rule.ts';
import type { Thresholds } from './thresholds.ts';

/** Events and failures know no phone book: an entry is expected when it is so in any. */
function onExpectedEntry(limits: Thresholds): string {
  return `on (job, instance, entry) (max without (phonebook) (${reported('ras_connection_expected', limits)}) == 1)`;
}

/** RasMan is started on demand: while it is stopped, nothing is asked. */
const RASMAN_STOPPED = 'ras_manager_state{state=~"stopped|start_pending|stop_pending"}';

/** Where metrics are sent, `instance` is made of numbers, and `host_name` is there when Prometheus was told to make it a label. */
const MACHINE = '{{ or (index $labels "host_name") $labels.instance }}';

export function alerts(limits: Thresholds): readonly Alert[] {
  return [...exporterAlerts(limits), ...connectionAlerts(limits), ...failureAlerts(limits), ...fleetAlerts(limits)];
}

/** Is there anybody who tells? */
function exporterAlerts(limits: Thresholds): readonly Alert[] {
  return [
    {
      name: 'RasExporterAbsent',
      path: 'scrape',
      severity: 'warning',
      summary: 'A ras_exporter cannot be scraped.',
      description: `Prometheus reached ${MACHINE} in only {{ $value | humanizePercentage }} of the last scrapes: nobody knows whether its connections are up.`,
      // `and up`: a target that was taken out is not absent.
      expr: `avg_over_time(up{roaming!="true"}[${limits.exporterAbsentWindow}]) < ${limits.exporterAbsentShare}
  and up
  and on (job) (up{job=~"${limits.jobs}"} or max_over_time(job:ras_machines:count[${limits.exporterJobKnownFor}:5m]))`,
      for: limits.exporterAbsentFor,
    },
    {
      name: 'RasExporterSilent',
      path: 'push',
      severity: 'warning',
      summary: 'A ras_exporter has stopped sending metrics.',
      description: `${MACHINE} sent its last metrics at {{ $value | humanizeTimestamp }}: nobody knows whether its connections are up.`,
      // Labels may change: the newest are those of the machine. A scraped one has `up`, or had, until it was taken out.
      expr: `topk by (job, instance) (1, last_over_time(ras_exporter_heartbeat_timestamp_seconds[${limits.exporterKnownFor}]))
  unless on (job, instance) last_over_time(ras_exporter_heartbeat_timestamp_seconds{roaming="true"}[${limits.exporterKnownFor}])
  unless on (job, instance) ras_exporter_heartbeat_timestamp_seconds
  unless on (job, instance) last_over_time(up[${limits.exporterKnownFor}])`,
      for: limits.exporterSilentFor,
    },
    {
      name: 'RasApiUnavailable',
      path: 'any',
      severity: 'warning',
      summary: 'Windows does not tell about its RAS connections.',
      description: `On ${MACHINE} RasEnumConnectionsW fails or does not return: nobody knows whether its connections are up.`,
      // Where connections are expected, a stopped RasMan is RasConnectionMissing.
      expr: `${reported('ras_up', limits)} == 0
  unless on (job, instance) ${reported(RASMAN_STOPPED, limits)} == 1`,
      for: limits.apiUnavailableFor,
      keepFiringFor: limits.missedScrapeFor,
    },
    {
      name: 'RasCollectorFailing',
      path: 'any',
      severity: 'warning',
      summary: 'A collector of ras_exporter fails again and again.',
      description: `Collector {{ $labels.collector }} on ${MACHINE} read all that it reads in only {{ $value | humanizePercentage }} of the last scrapes: some of its metrics are missing.`,
      // Without the API all that ask it fail at once, and RasApiUnavailable says why; when it is back, their failures are in the
      // window for a while. A machine that is gone has no failing collector.
      expr: `(
  avg_over_time(ras_exporter_collector_success{collector=~"events|manager"}[${limits.collectorFailingWindow}]) < ${limits.collectorFailingShare}
  or avg_over_time(ras_exporter_collector_success[${limits.collectorFailingWindow}]) < ${limits.collectorFailingShare}
    unless on (job, instance) avg_over_time(ras_up[${limits.collectorFailingWindow}]) < ${limits.collectorFailingShare}
)
and ${reported('ras_exporter_collector_success', limits)}`,
      for: limits.collectorFailingFor,
      keepFiringFor: limits.missedScrapeFor,
    },
  ];
}

/** What is wrong with one connection, seen from outside. */
function connectionAlerts(limits: Thresholds): readonly Alert[] {
  return [
    {
      name: 'RasConnectionDown',
      path: 'any',
      severity: 'critical',
      summary: 'A RAS connection that should be up is down.',
      description: `{{ $labels.entry }} on ${MACHINE}, to {{ $labels.server }}, should be up and has been down for a while.`,
      expr: `(${expectedDown(limits)})
  * ${withServer(limits)}`,
      for: limits.connectionDownFor,
      keepFiringFor: limits.missedScrapeFor,
    },
    {
      name: 'RasConnectionMissing',
      path: 'any',
      severity: 'warning',
      summary: 'A RAS connection that should be up is not there any more.',
      description: `{{ $labels.entry }} on ${MACHINE} should have been up, and is not there any more: its profile was deleted or renamed, or the service RasMan is stopped.`,
      // One sample in a quarter of an hour is enough to remember it by. A collector that fails does not know what is there.
      expr: `last_over_time(ras_connection_expected[${limits.connectionKnownFor}:15m]) == 1
  unless on (job, instance, entry) ${reported('ras_connection_expected', limits)}
  and on (job, instance) ${reported('ras_exporter_collector_success{collector="connections"}', limits)} == 1`,
      for: limits.connectionMissingFor,
      keepFiringFor: limits.missedScrapeFor,
    },
    {
      name: 'RasConnectionFlapping',
      path: 'any',
      severity: 'warning',
      summary: 'A RAS connection goes up and down.',
      description: `{{ $labels.entry }} on ${MACHINE} was connected anew {{ $value | humanize }} times within ${limits.flappingWindow}.`,
      // The event log knows of more than the scrapes have seen.
      expr: `max without (phonebook) (
  ${increaseFromBirth('ras_dial_connected_total', limits.flappingWindow)}
  or floor(changes(ras_connection_up[${limits.flappingWindow}]) / 2)
) >= ${limits.flappingConnects}
and ${onExpectedEntry(limits)}`,
      keepFiringFor: limits.missedScrapeFor,
    },
    {
      name: 'RasConnectionNoTraffic',
      path: 'any',
      severity: 'warning',
      summary: 'A RAS connection is up and nothing comes through it.',
      description: `{{ $labels.entry }} on ${MACHINE} has been up for ${limits.noTrafficWindow}, data was sent, and not a byte was received.`,
      expr: `increase(ras_connection_received_bytes_total[${limits.noTrafficWindow}]) == 0
  and increase(ras_connection_transmitted_bytes_total[${limits.noTrafficWindow}]) > ${limits.noTrafficSentBytes}
  and min_over_time(ras_connection_up[${limits.noTrafficWindow}]) == 1
  and ras_connection_up offset ${limits.noTrafficWindow} == 1
  and ras_connection_expected == 1`,
      keepFiringFor: limits.missedScrapeFor,
    },
    {
      name: 'RasDialSlow',
      path: 'any',
      severity: 'warning',
      summary: 'It takes long to establish a RAS connection.',
      description: `Over all machines of {{ $labels.job }}, {{ $labels.entry }} took {{ $value | humanizeDuration }} on average until it was connected, within ${limits.dialSlowWindow}.`,
      expr: `sum by (job, entry) ${increaseFromBirth('ras_dial_duration_seconds_sum', limits.dialSlowWindow)}
/ (sum by (job, entry) ${increaseFromBirth('ras_dial_duration_seconds_count', limits.dialSlowWindow)} >= ${limits.dialSlowDials})
> ${limits.dialSlowSeconds}`,
    },
    {
      name: 'RasLinkErrors',
      path: 'any',
      severity: 'warning',
      summary: 'The link of a RAS connection damages what it carries.',
      description: `{{ $labels.entry }} on ${MACHINE} has received only {{ $value | humanize }} frames for each error, within 15m.`,
      // Frames by errors: there may be none, and not a number is no value. A counter that begins anew, at what it had then, brings
      // no old errors along.
      expr: `(${rise('ras_connection_received_frames_total', '15m')})
  / (sum without (kind) (${rise('ras_connection_receive_errors_total', '15m')}) >= ${limits.linkErrors})
  < ${limits.linkFramesPerError}
  and ${reported('ras_connection_expected', limits)} == 1`,
      keepFiringFor: limits.missedScrapeFor,
    },
  ];
}

/** Why expected connections fail: each kind is for other people to repair. */
function failureAlerts(limits: Thresholds): readonly Alert[] {
  const failing = (name: string, matcher: string, summary: string): Alert => ({
    name,
    path: 'any',
    severity: 'warning',
    summary,
    description: `{{ $labels.entry }} on ${MACHINE} failed {{ $value | humanize }} times within 15m with {{ $labels.error_code }} {{ $labels.error }} ({{ $labels.category }}).`,
    expr: `entry:ras_failures:increase15m{${matcher}} >= ${limits.failures}
  and ${onExpectedEntry(limits)}`,
    for: limits.failingFor,
    keepFiringFor: limits.missedScrapeFor,
  });
  return [
    failing(
      'RasAuthenticationFailing',
      'category="authentication"',
      'A RAS connection fails because the server does not accept who asks.',
    ),
    failing('RasCertificateFailing', 'category="certificate"', 'A RAS connection fails because of a certificate.'),
    failing('RasNetworkFailing', 'category="network"', 'A RAS connection fails because the server cannot be reached.'),
    failing(
      'RasConnectionFailing',
      'category!~"authentication|certificate|network|cancelled"',
      'A RAS connection fails again and again.',
    ),
  ];
}

/** One thing that is broken for many. */
function fleetAlerts(limits: Thresholds): readonly Alert[] {
  return [
    {
      name: 'RasManyMachinesFailing',
      path: 'any',
      severity: 'critical',
      summary: 'RAS connections of many machines fail with the same error.',
      description:
        'On {{ $value }} machines of {{ $labels.job }} connections failed again and again within 15m with {{ $labels.error_code }} {{ $labels.error }} ({{ $labels.category }}): look for one cause, such as a server.',
      expr: `code:ras_failing_machines:count15m >= ${limits.manyFailingMachines}
  and code:ras_failing_machines:count15m / on (job) group_left () job:ras_machines:count >= ${limits.manyFailingShare}`,
      for: limits.manyFailingFor,
      keepFiringFor: limits.manyKeepFiringFor,
    },
    {
      name: 'RasManyConnectionsDown',
      path: 'any',
      severity: 'critical',
      summary: 'Many RAS connections to one server are down.',
      description:
        'On {{ $value }} machines of {{ $labels.job }} connections to {{ $labels.server }} should be up and are down: look at the server and at the way to it.',
      expr: `server:ras_machines_expected_down:count{server!=""} >= ${limits.manyDownMachines}
  and server:ras_connections_expected_down:count / server:ras_connections_expected:count >= ${limits.manyDownShare}`,
      for: limits.manyDownFor,
      keepFiringFor: limits.manyKeepFiringFor,
    },
  ];
}
