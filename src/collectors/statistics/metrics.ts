/** The metrics of collector `statistics`, and the series of one identity, which live from scrape to scrape. */
import { counter, gauge, type Metric, type Sample, type Series } from '../../metrics/metric.ts';
import type { Totals } from './carry.ts';
import type { Counter } from './readings.ts';

const CONNECTION = ['entry', 'phonebook'] as const;

const received = counter('ras_connection_received_bytes_total', {
  help: 'Bytes received, over all connections of the entry (RAS_STATS.dwBytesRcved, carried over its wrap).',
  unit: 'By',
  labels: CONNECTION,
});
const transmitted = counter('ras_connection_transmitted_bytes_total', {
  help: 'Bytes transmitted, over all connections of the entry (RAS_STATS.dwBytesXmited, carried over its wrap).',
  unit: 'By',
  labels: CONNECTION,
});
const receivedFrames = counter('ras_connection_received_frames_total', {
  help: 'Frames received, over all connections of the entry (RAS_STATS.dwFramesRcved, carried over its wrap).',
  labels: CONNECTION,
});
const transmittedFrames = counter('ras_connection_transmitted_frames_total', {
  help: 'Frames transmitted, over all connections of the entry (RAS_STATS.dwFramesXmited, carried over its wrap).',
  labels: CONNECTION,
});
const receiveErrors = counter('ras_connection_receive_errors_total', {
  help: 'Errors of the link, by kind (RAS_STATS.dwCrcErr, dwTimeoutErr, dwAlignmentErr, dwHardwareOverrunErr, dwFramingErr, dwBufferOverrunErr).',
  labels: [...CONNECTION, 'kind'],
});
const speed = gauge('ras_connection_speed_bytes_per_second', {
  help: 'Negotiated speed of the link (RAS_STATS.dwBps / 8); several links together.',
  unit: 'By/s',
  labels: CONNECTION,
});
const established = gauge('ras_connection_established_timestamp_seconds', {
  help: 'When the connection was established, Unix time (from RAS_STATS.dwConnectDuration at the first scrape that saw it).',
  unit: 's',
  labels: CONNECTION,
});
const receiveCompression = gauge('ras_connection_receive_compression', {
  help: 'Raw compression ratio of what is received; single links only (RAS_STATS.dwCompressionRatioIn).',
  labels: CONNECTION,
});
const transmitCompression = gauge('ras_connection_transmit_compression', {
  help: 'Raw compression ratio of what is transmitted; single links only (RAS_STATS.dwCompressionRatioOut).',
  labels: CONNECTION,
});

export const statisticsMetrics: readonly Metric[] = [
  received,
  transmitted,
  receivedFrames,
  transmittedFrames,
  receiveErrors,
  speed,
  established,
  receiveCompression,
  transmitCompression,
];

/** The values of label `kind`. */
const ERROR_KINDS = {
  crcErrors: 'crc',
  timeoutErrors: 'timeout',
  alignmentErrors: 'alignment',
  hardwareOverrunErrors: 'hardware_overrun',
  framingErrors: 'framing',
  bufferOverrunErrors: 'buffer_overrun',
} as const satisfies Partial<Record<Counter, string>>;

/** What holds of an identity while it is connected. */
export interface Link {
  readonly bitsPerSecond: number;
  /** Milliseconds of Unix time. */
  readonly established: number;
  /** `undefined` where several links have one each. */
  readonly compression: { readonly receive: number; readonly transmit: number } | undefined;
}

/** The series of one identity: made once, since every scrape needs the same ones again. */
export class StatisticsSeries {
  readonly #received: Series;
  readonly #transmitted: Series;
  readonly #receivedFrames: Series;
  readonly #transmittedFrames: Series;
  readonly #errors: readonly (readonly [keyof typeof ERROR_KINDS, Series])[];
  readonly #speed: Series;
  readonly #established: Series;
  readonly #receiveCompression: Series;
  readonly #transmitCompression: Series;

  constructor(entry: string, phonebook: string) {
    const identity = { entry, phonebook };
    const errors = (name: keyof typeof ERROR_KINDS) =>
      [name, receiveErrors.series({ ...identity, kind: ERROR_KINDS[name] })] as const;
    this.#received = received.series(identity);
    this.#transmitted = transmitted.series(identity);
    this.#receivedFrames = receivedFrames.series(identity);
    this.#transmittedFrames = transmittedFrames.series(identity);
    this.#errors = [
      errors('crcErrors'),
      errors('timeoutErrors'),
      errors('alignmentErrors'),
      errors('hardwareOverrunErrors'),
      errors('framingErrors'),
      errors('bufferOverrunErrors'),
    ];
    this.#speed = speed.series(identity);
    this.#established = established.series(identity);
    this.#receiveCompression = receiveCompression.series(identity);
    this.#transmitCompression = transmitCompression.series(identity);
  }

  /** A connection was counted that was established at `time` (milliseconds of Unix time). */
  reachBack(time: number): void {
    if (this.#received.since !== undefined && this.#received.since <= time) return;
    const counters = [this.#received, this.#transmitted, this.#receivedFrames, this.#transmittedFrames];
    for (const series of [...counters, ...this.#errors.map(([, errors]) => errors)]) series.reachBack(time);
  }

  /** Adds the samples of this identity. */
  addTo(samples: StatisticsSamples, totals: Totals, link: Link | undefined): void {
    samples.received.push(this.#received.at(totals.bytesReceived));
    samples.transmitted.push(this.#transmitted.at(totals.bytesTransmitted));
    samples.receivedFrames.push(this.#receivedFrames.at(totals.framesReceived));
    samples.transmittedFrames.push(this.#transmittedFrames.at(totals.framesTransmitted));
    for (const [name, series] of this.#errors) samples.receiveErrors.push(series.at(totals[name]));
    if (link === undefined) return;
    samples.speed.push(this.#speed.at(link.bitsPerSecond / 8));
    samples.established.push(this.#established.at(link.established / 1000));
    if (link.compression === undefined) return;
    samples.receiveCompression.push(this.#receiveCompression.at(link.compression.receive));
    samples.transmitCompression.push(this.#transmitCompression.at(link.compression.transmit));
  }
}

/** The samples of one scrape, by metric. */
export class StatisticsSamples {
  readonly received: Sample[] = [];
  readonly transmitted: Sample[] = [];
  readonly receivedFrames: Sample[] = [];
  readonly transmittedFrames: Sample[] = [];
  readonly receiveErrors: Sample[] = [];
  readonly speed: Sample[] = [];
  readonly established: Sample[] = [];
  readonly receiveCompression: Sample[] = [];
  readonly transmitCompression: Sample[] = [];

  families() {
    return [
      received.family(this.received),
      transmitted.family(this.transmitted),
      receivedFrames.family(this.receivedFrames),
      transmittedFrames.family(this.transmittedFrames),
      receiveErrors.family(this.receiveErrors),
      speed.family(this.speed),
      established.family(this.established),
      receiveCompression.family(this.receiveCompression),
      transmitCompression.family(this.transmitCompression),
    ];
  }
}
