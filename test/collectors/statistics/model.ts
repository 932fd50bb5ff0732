/** A Windows with one entry and its connection, collector `statistics` over it, and the truth about what was carried. */
import { Phonebooks } from '../../../src/collectors/phonebooks.ts';
import { Scraper } from '../../../src/collectors/scrape.ts';
import { COUNTERS, type Counter } from '../../../src/collectors/statistics/readings.ts';
import { statisticsCollector } from '../../../src/collectors/statistics/statistics.ts';
import type { RasFunction, RasStatistics } from '../../../src/ras/api.ts';
import { connection, entry, type FakeConnection, FakeRas } from '../../support/fake-ras.ts';
import { machine } from '../../support/machine.ts';
import { statisticsRecord } from '../../support/statistics.ts';

const WRAP = 2 ** 32;

/** What happens between two scrapes, or to one of them. */
export type Event =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'clear'; readonly zeroesDuration: boolean }
  | { readonly kind: 'reconnect'; readonly sameHandle: boolean; readonly away: boolean }
  | { readonly kind: 'fails'; readonly name: RasFunction }
  | { readonly kind: 'backwards'; readonly which: number; readonly share: number; readonly count: number }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'duration'; readonly value: number }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'absent' };

interface Flow {
  readonly frames: number;
  readonly size: number;
  readonly errors: number;
}

/** An event, traffic before it, and a plain reading after it. */
export interface Step {
  readonly event: Event;
  readonly flow: Flow;
  /** Milliseconds before the event, and before the plain reading. */
  readonly interval: number;
  readonly after: number;
  /** Milliseconds by which durations are wrong. */
  readonly jitter: number;
}

type Counts = Record<string, number>;

/** What a scrape showed, and what it should have. */
export interface Shown {
  readonly totals: Readonly<Counts>;
  readonly truth: Readonly<Counts>;
}

const SERIES: readonly (readonly [Counter, string, string?])[] = [
  ['bytesReceived', 'received_bytes'],
  ['bytesTransmitted', 'transmitted_bytes'],
  ['framesReceived', 'received_frames'],
  ['framesTransmitted', 'transmitted_frames'],
  ['crcErrors', 'receive_errors', 'crc'],
  ['timeoutErrors', 'receive_errors', 'timeout'],
  ['alignmentErrors', 'receive_errors', 'alignment'],
  ['hardwareOverrunErrors', 'receive_errors', 'hardware_overrun'],
  ['framingErrors', 'receive_errors', 'framing'],
  ['bufferOverrunErrors', 'receive_errors', 'buffer_overrun'],
];

function zero(): Counts {
  return Object.fromEntries(COUNTERS.map((name) => [name, 0]));
}

export class Model {
  readonly #ras = new FakeRas();
  readonly #correlated: boolean;
  readonly #scraper: Scraper;
  readonly #truth = zero();
  #counts = zero();
  #now = 100_000_000;
  #since = this.#now - 60_000;
  #jitter = 0;
  #connection: FakeConnection;

  /** @param from what the connection carried before it is looked at */
  constructor(correlated: boolean, from: { readonly frames: number; readonly bytes: number }) {
    this.#correlated = correlated;
    this.#connection = connection(correlated ? {} : { correlationId: '' });
    this.#ras.entries = [entry('Office VPN')];
    const clocks = { monotonic: () => this.#now, wall: () => 1e12 + this.#now };
    this.#scraper = new Scraper(machine(this.#ras), [statisticsCollector({}, new Phonebooks(), clocks)]);
    this.#carry({ frames: 0, size: 0, errors: 1 });
    for (const way of ['Received', 'Transmitted']) {
      this.#add(`bytes${way}`, from.bytes);
      this.#add(`frames${way}`, from.frames);
    }
  }

  /** Plays the steps; what each scrape showed, if it showed anything. */
  async play(steps: readonly Step[]): Promise<readonly Shown[]> {
    const shown: (Shown | undefined)[] = [await this.#plain()];
    for (const { event, flow, interval, after, jitter } of steps) {
      this.#jitter = jitter;
      this.#carry(flow);
      this.#now += interval;
      shown.push(await this.#suffer(event));
      this.#jitter = -jitter;
      this.#carry(flow);
      this.#now += after;
      shown.push(await this.#plain());
    }
    return shown.filter((one) => one !== undefined);
  }

  #add(name: string, count: number): void {
    this.#counts[name] = (this.#counts[name] ?? 0) + count;
    this.#truth[name] = (this.#truth[name] ?? 0) + count;
  }

  /** Traffic that both the model and Windows count. */
  #carry({ frames, size, errors }: Flow): void {
    for (const name of COUNTERS) {
      if (name.endsWith('Errors')) this.#add(name, errors);
      else this.#add(name, name.startsWith('bytes') ? frames * size : frames);
    }
  }

  async #suffer(event: Event): Promise<Shown | undefined> {
    if (event.kind === 'clear') {
      await this.#plain();
      this.#counts = zero();
      if (event.zeroesDuration) this.#since = this.#now;
    }
    if (event.kind === 'reconnect') await this.#reconnect(event);
    if (event.kind === 'fails') this.#ras.returns.set(event.name, 8);
    this.#say(this.#wrong(event));
    if (event.kind === 'anonymous') this.#ras.connections = [{ ...this.#connection, correlationId: '' }];
    if (event.kind === 'absent') this.#ras.connections = [];
    const shown = await this.#scrape();
    this.#ras.returns.clear();
    return shown;
  }

  /** A new connection, a second ago; what the old one carried was seen before it ended. */
  async #reconnect({ sameHandle, away }: { readonly sameHandle: boolean; readonly away: boolean }): Promise<void> {
    await this.#plain();
    if (away) {
      this.#ras.connections = [];
      await this.#scrape();
    }
    this.#now += 5000;
    const { handle } = this.#connection;
    const next = connection(sameHandle ? { handle } : {});
    this.#connection = this.#correlated ? next : { ...next, correlationId: '' };
    this.#counts = zero();
    this.#since = this.#now - 1000;
  }

  /** What Windows says that is not so. */
  #wrong(event: Event): Partial<RasStatistics> {
    if (event.kind === 'zeros') return statisticsRecord();
    if (event.kind === 'duration') return { connectDuration: event.value };
    if (event.kind !== 'backwards') return {};
    const part: Partial<Record<Counter, number>> = {};
    for (const [index, name] of COUNTERS.entries()) {
      if ((event.which & (2 ** index)) === 0) continue;
      const count = (this.#counts[name] ?? 0) % WRAP;
      const back = Math.min(this.#counts[name] ?? 0, Math.floor(count * event.share) + event.count);
      part[name] = (count - back + WRAP) % WRAP;
    }
    return part;
  }

  #say(part: Partial<RasStatistics>): void {
    const counts = Object.fromEntries(COUNTERS.map((name) => [name, (this.#counts[name] ?? 0) % WRAP]));
    const age = Math.max(0, this.#now - this.#since + this.#jitter);
    this.#ras.connections = [this.#connection];
    const said = statisticsRecord({ ...counts, connectDuration: age % WRAP, ...part });
    this.#ras.statistics.set(this.#connection.handle, said);
  }

  #plain(): Promise<Shown | undefined> {
    this.#say({});
    return this.#scrape();
  }

  async #scrape(): Promise<Shown | undefined> {
    const { families } = await this.#scraper.scrape(5000);
    const totals: Counts = {};
    for (const [name, metric, kind] of SERIES) {
      const family = families.find((one) => one.metric.name === `ras_connection_${metric}_total`);
      const sample = family?.samples.find(({ series }) => kind === undefined || series.labels.kind === kind);
      if (sample !== undefined) totals[name] = sample.value;
    }
    return Object.keys(totals).length === 0 ? undefined : { totals, truth: { ...this.#truth } };
  }
}
