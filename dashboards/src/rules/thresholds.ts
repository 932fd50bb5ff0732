/**
 * Every number of the alerts, and the two names that depend on an installation. To have other ones: change them here and run
 * `npm run rules`, or change the generated files.
 */
import { DOCS } from '../project.ts';

export interface Thresholds {
  /** Target labels `job` of scraped exporters; a regular expression. Others are known by an exporter that they had lately. */
  readonly jobs: string;
  /** Where the runbooks are; ends without a slash. */
  readonly runbooks: string;

  /** Alerts that look at the last sample look back so far: a machine that has not reported for longer is asleep or away. */
  readonly reportedWithin: string;

  /** Less than this share of the scrapes of the window has succeeded … */
  readonly exporterAbsentShare: number;
  readonly exporterAbsentWindow: string;
  /** … for so long. */
  readonly exporterAbsentFor: string;
  /** How long a job is remembered that had an exporter. */
  readonly exporterJobKnownFor: string;
  /** An exporter that sends its metrics has been silent for so long, after the five minutes that Prometheus waits anyway. */
  readonly exporterSilentFor: string;
  /** How long an exporter that sent its metrics is remembered. */
  readonly exporterKnownFor: string;
  readonly apiUnavailableFor: string;
  /** How long alerts about one machine stay after the last finding: one scrape that is missed ends none. Whole minutes. */
  readonly missedScrapeFor: string;
  /** A collector fails in at least this share of the scrapes of the window … */
  readonly collectorFailingShare: number;
  readonly collectorFailingWindow: string;
  /** … for so long. */
  readonly collectorFailingFor: string;

  readonly connectionDownFor: string;
  /** An expected connection that has vanished is remembered so long … */
  readonly connectionKnownFor: string;
  /** … and missed after so long. */
  readonly connectionMissingFor: string;
  /** So many times connected anew within the window. */
  readonly flappingConnects: number;
  readonly flappingWindow: string;
  /** So many failures with one code within 15 minutes, the window of `entry:ras_failures:increase15m` … */
  readonly failures: number;
  /** … for so long: more than `manyFailingFor`, whose alert stands for those of each. */
  readonly failingFor: string;
  /** Connected and without a byte received for so long … */
  readonly noTrafficWindow: string;
  /** … while more bytes than that were sent: Windows itself asks around in every network, in vain. */
  readonly noTrafficSentBytes: number;
  /** Mean time of a dial, in seconds, over the window … */
  readonly dialSlowSeconds: number;
  readonly dialSlowWindow: string;
  /** … of at least so many dials. */
  readonly dialSlowDials: number;
  /** Fewer frames received than that for each error of the link, over 15 minutes … */
  readonly linkFramesPerError: number;
  /** … in which there were at least so many errors. */
  readonly linkErrors: number;

  /** A machine on which there were fewer failures with one code has people who mistype their passwords. */
  readonly manyFailingFailures: number;
  /** At least so many machines, and at least this share of those that report, fail with one code … */
  readonly manyFailingMachines: number;
  readonly manyFailingShare: number;
  /** … for so long: more than `reportedWithin`, so that machines which fall asleep are none of them. */
  readonly manyFailingFor: string;
  /** On at least so many machines, and of at least this share of all, expected connections to one server are down … */
  readonly manyDownMachines: number;
  readonly manyDownShare: number;
  /** … for so long: more than `reportedWithin`, and less than `connectionDownFor`, whose alerts it stands for. */
  readonly manyDownFor: string;
  /** How long the two above stay when their numbers go to and fro around a threshold. Whole minutes. */
  readonly manyKeepFiringFor: string;
}

export const THRESHOLDS: Thresholds = {
  jobs: 'ras|ras_exporter',
  runbooks: `${DOCS}/runbooks`,

  reportedWithin: '3m',

  exporterAbsentShare: 0.3,
  exporterAbsentWindow: '10m',
  exporterAbsentFor: '5m',
  exporterJobKnownFor: '24h',
  exporterSilentFor: '10m',
  exporterKnownFor: '6h',
  apiUnavailableFor: '10m',
  missedScrapeFor: '2m',
  collectorFailingShare: 0.5,
  collectorFailingWindow: '15m',
  collectorFailingFor: '10m',

  connectionDownFor: '6m',
  connectionKnownFor: '24h',
  connectionMissingFor: '10m',
  flappingConnects: 3,
  flappingWindow: '30m',
  failures: 3,
  failingFor: '5m',
  noTrafficWindow: '15m',
  noTrafficSentBytes: 10_000,
  dialSlowSeconds: 30,
  dialSlowWindow: '1h',
  dialSlowDials: 5,
  linkFramesPerError: 100,
  linkErrors: 50,

  manyFailingFailures: 2,
  manyFailingMachines: 5,
  manyFailingShare: 0.05,
  manyFailingFor: '4m',
  manyDownMachines: 5,
  manyDownShare: 0.2,
  manyDownFor: '4m',
  manyKeepFiringFor: '5m',
};
