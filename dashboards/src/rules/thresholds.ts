/**
 * Every number of the alerts, and the two names that depend on an installation. To have other ones: change them here and run
 * `npm run rules`, or change the generated files.
 */
import { DOCS } from '../project.ts';

export interface Thresholds {
  /** Target label `job` of scraped exporters. */
  readonly job: string;
  /** Where the runbooks are; ends without a slash. */
  readonly runbooks: string;

  /** A scrape has failed for so long. */
  readonly exporterAbsentFor: string;
  /** An exporter that sends its metrics has been silent for so long, after the five minutes that Prometheus waits anyway. */
  readonly exporterSilentFor: string;
  /** How long an exporter that sent its metrics is remembered. */
  readonly exporterKnownFor: string;
  readonly apiUnavailableFor: string;
  /** How long alerts about one machine stay after the last finding: one scrape that is missed ends none. */
  readonly missedScrapeFor: string;
  /** A collector fails in at least this share of the scrapes of the window … */
  readonly collectorFailingShare: number;
  readonly collectorFailingWindow: string;
  /** … for so long. */
  readonly collectorFailingFor: string;

  readonly connectionDownFor: string;
  /** A machine that has not reported for so many seconds is asleep or away, and no connection of it is down. */
  readonly connectionDownFreshSeconds: number;
  /** So many times connected anew within the window. */
  readonly flappingConnects: number;
  readonly flappingWindow: string;
  /** So many failures with one code within 15 minutes, the window of `entry:ras_failures:increase15m`. */
  readonly failures: number;
  /** Connected and without a byte received for so long … */
  readonly noTrafficWindow: string;
  /** … while more bytes than that were sent: Windows itself asks around in every network, in vain. */
  readonly noTrafficSentBytes: number;
  /** Mean time of a dial, in seconds, over the window … */
  readonly dialSlowSeconds: number;
  readonly dialSlowWindow: string;
  /** … of at least so many dials. */
  readonly dialSlowDials: number;
  /** Errors of the link per frame received, over 15 minutes … */
  readonly linkErrorRatio: number;
  /** … in which there were at least so many errors. */
  readonly linkErrors: number;

  /** At least so many machines, and at least this share of those that report, fail with one code … */
  readonly manyFailingMachines: number;
  readonly manyFailingShare: number;
  /** … for so long. */
  readonly manyFailingFor: string;
  /** At least so many expected connections to one server, and at least this share of them, are down … */
  readonly manyDownConnections: number;
  readonly manyDownShare: number;
  /** … for so long: less than `connectionDownFor`, whose alerts it stands for. */
  readonly manyDownFor: string;
  /** How long the two above stay when their numbers go to and fro around a threshold. */
  readonly manyKeepFiringFor: string;
}

export const THRESHOLDS: Thresholds = {
  job: 'ras',
  runbooks: `${DOCS}/runbooks`,

  exporterAbsentFor: '10m',
  exporterSilentFor: '10m',
  exporterKnownFor: '6h',
  apiUnavailableFor: '10m',
  missedScrapeFor: '2m',
  collectorFailingShare: 0.5,
  collectorFailingWindow: '15m',
  collectorFailingFor: '5m',

  connectionDownFor: '5m',
  connectionDownFreshSeconds: 180,
  flappingConnects: 3,
  flappingWindow: '30m',
  failures: 3,
  noTrafficWindow: '15m',
  noTrafficSentBytes: 10_000,
  dialSlowSeconds: 30,
  dialSlowWindow: '1h',
  dialSlowDials: 5,
  linkErrorRatio: 0.01,
  linkErrors: 50,

  manyFailingMachines: 5,
  manyFailingShare: 0.05,
  manyFailingFor: '2m',
  manyDownConnections: 5,
  manyDownShare: 0.2,
  manyDownFor: '3m',
  manyKeepFiringFor: '5m',
};
