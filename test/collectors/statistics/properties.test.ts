/**
 * Whatever happens to the connections of a machine, as a model of Windows plays it: no counter ever falls, nothing is counted
 * twice, and where scrapes are frequent enough, everything is counted.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Phonebooks } from '../../../src/collectors/phonebooks.ts';
import { Scraper } from '../../../src/collectors/scrape.ts';
import { statisticsCollector } from '../../../src/collectors/statistics/statistics.ts';
import type { RasStatistics } from '../../../src/ras/api.ts';
import { connection, entry, type FakeConnection, FakeRas } from '../../support/fake-ras.ts';
import { machine } from '../../support/machine.ts';
import { statisticsRecord } from '../../support/statistics.ts';

const WRAP = 2 ** 32;
const SECOND = 1000;

/** What happens between two scrapes, or to one of them. */
type Event =
  | { readonly kind: 'traffic'; readonly frames: number; readonly size: number }
  | { readonly kind: 'clear'; readonly zeroesDuration: boolean }
  | { readonly kind: 'reconnect'; readonly sameHandle: boolean; readonly away: boolean }
  | { readonly kind: 'fails'; readonly name: 'RasGetConnectionStatistics' | 'RasEnumConnectionsW' | 'RasEnumEntriesW' }
  | { readonly kind: 'backwards' }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'garbage'; readonly part: Partial<RasStatistics> };

/** Both directions carry the same; a frame has `size` bytes. At most 3 GB between two scrapes. */
const traffic = fc.record({
  kind: fc.constant('traffic' as const),
  frames: fc.integer({ min: 0, max: 2_000_000 }),
  size: fc.integer({ min: 60, max: 1500 }),
});

const clear = fc.record({ kind: fc.constant('clear' as const), zeroesDuration: fc.boolean() });
const reconnect = fc.record({
  kind: fc.constant('reconnect' as const),
  sameHandle: fc.boolean(),
  away: fc.boolean(),
});
const fails = fc.record({
  kind: fc.constant('fails' as const),
  name: fc.constantFrom(
    'RasGetConnectionStatistics' as const,
    'RasEnumConnectionsW' as const,
    'RasEnumEntriesW' as const,
  ),
});
const backwards = fc.constant({ kind: 'backwards' as const });
const zeros = fc.constant({ kind: 'zeros' as const });
const dword = fc.integer({ min: 0, max: 0xffff_ffff });
const garbage = fc.record({
  kind: fc.constant('garbage' as const),
  part: fc.record({ bytesReceived: dword, framesReceived: dword, bytesTransmitted: dword, connectDuration: dword }),
});

/** A Windows with one entry, its connection, and the truth about it. */
class Model {
  readonly ras = new FakeRas();
  truth = 0;
  frames = 0;
  #now = 1_000_000;
  #since = this.#now;
  #bytes = 0;
  #frames = 0;
  #connection: FakeConnection;
  readonly #correlated: boolean;
  readonly #scraper: Scraper;

  constructor(correlated: boolean) {
    this.#correlated = correlated;
    this.#connection = this.#dial();
    this.ras.entries = [entry('Office VPN')];
    const clocks = { monotonic: () => this.#now, wall: () => 1e12 + this.#now };
    this.#scraper = new Scraper(machine(this.ras), [statisticsCollector({}, new Phonebooks(), clocks)]);
  }

  #dial(handle?: bigint): FakeConnection {
    return connection({
      ...(handle === undefined ? {} : { handle }),
      ...(this.#correlated ? {} : { correlationId: '' }),
    });
  }

  /** Traffic that both the model and Windows count. */
  carry(frames: number, size: number): void {
    this.#frames += frames;
    this.#bytes += frames * size;
    this.truth += frames * size;
    this.frames += frames;
  }

  clear(zeroesDuration: boolean): void {
    this.#bytes = 0;
    this.#frames = 0;
    if (zeroesDuration) this.#since = this.#now;
  }

  /** A new connection, a second from now. */
  reconnect(sameHandle: boolean): void {
    const { handle } = this.#connection;
    const next = this.#dial(sameHandle ? handle : undefined);
    const id = `c0de0000-0000-0000-0000-${this.#now.toString(16).padStart(12, '0')}`;
    this.#connection = this.#correlated ? { ...next, correlationId: id } : next;
    this.#bytes = 0;
    this.#frames = 0;
    this.#since = this.#now + SECOND;
  }

  /** What Windows says now, but for `part`. */
  say(part: Partial<RasStatistics> = {}): void {
    const said = statisticsRecord({
      bytesReceived: this.#bytes % WRAP,
      bytesTransmitted: this.#bytes % WRAP,
      framesReceived: this.#frames % WRAP,
      framesTransmitted: this.#frames % WRAP,
      connectDuration: (this.#now - this.#since) % WRAP,
      ...part,
    });
    this.ras.connections = [this.#connection];
    this.ras.statistics.set(this.#connection.handle, said);
  }

  backwards(): void {
    this.say({ bytesReceived: Math.floor((this.#bytes % WRAP) * 0.9999) });
  }

  hangUp(): void {
    this.ras.connections = [];
  }

  /** A scrape, 15 s after the one before; the received bytes and frames that it shows, if it shows them. */
  async scrape(): Promise<readonly [number, number] | undefined> {
    const { families } = await this.#scraper.scrape(5000);
    this.#now += 15 * SECOND;
    const value = (name: string) => families.find(({ metric }) => metric.name === name)?.samples[0]?.value;
    const bytes = value('ras_connection_received_bytes_total');
    const frames = value('ras_connection_received_frames_total');
    return bytes === undefined || frames === undefined ? undefined : [bytes, frames];
  }
}

/** Plays the events; what each scrape showed, and at the end one of the plain truth. */
async function play(model: Model, events: readonly Event[]): Promise<readonly (readonly [number, number])[]> {
  const shown: (readonly [number, number])[] = [];
  const scrape = async () => {
    const seen = await model.scrape();
    if (seen !== undefined) shown.push(seen);
  };
  model.say();
  await scrape();
  for (const event of events) {
    model.say();
    if (event.kind === 'traffic') model.carry(event.frames, event.size);
    if (event.kind === 'clear') model.clear(event.zeroesDuration);
    if (event.kind === 'reconnect') {
      if (event.away) {
        model.hangUp();
        await scrape();
      }
      model.reconnect(event.sameHandle);
    }
    if (event.kind === 'fails') model.ras.returns.set(event.name, 8);
    model.say(partOf(event));
    if (event.kind === 'backwards') model.backwards();
    await scrape();
    model.ras.returns.clear();
  }
  model.say();
  await scrape();
  return shown;
}

function partOf(event: Event): Partial<RasStatistics> {
  if (event.kind === 'garbage') return event.part;
  if (event.kind === 'zeros') return statisticsRecord();
  return {};
}

function expectRisen(shown: readonly (readonly [number, number])[]): void {
  for (const [index, [bytes, frames]] of shown.entries()) {
    const [bytesBefore, framesBefore] = shown[index - 1] ?? [0, 0];
    expect(bytes).toBeGreaterThanOrEqual(bytesBefore);
    expect(frames).toBeGreaterThanOrEqual(framesBefore);
    expect(Number.isSafeInteger(bytes) && Number.isSafeInteger(frames)).toBe(true);
  }
}

/** Between two events of other kinds traffic flows: what is cleared just after it began cannot be told from what goes on. */
const busy = (others: fc.Arbitrary<Event>) =>
  fc.array(fc.oneof({ weight: 3, arbitrary: traffic }, { weight: 2, arbitrary: others }), { maxLength: 30 });

describe.each([
  ['with correlation ids', true],
  ['without correlation ids', false],
])('a Windows %s', (_, correlated) => {
  it('whose connections come and go has all of their traffic counted', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(busy(fc.oneof(clear, reconnect)), async (events) => {
        const model = new Model(correlated);
        const shown = await play(model, events);
        expectRisen(shown);
        expect(shown.at(-1)).toEqual([model.truth, model.frames]);
      }),
      { numRuns: 150 },
    );
  });

  it('whose calls fail, whose values run backwards a little or are all zero for once, has none counted twice', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(busy(fc.oneof(fails, backwards, zeros)), async (events) => {
        const model = new Model(correlated);
        const shown = await play(model, events);
        expectRisen(shown);
        const [bytes = 0, frames = 0] = shown.at(-1) ?? [];
        expect(frames).toBeLessThanOrEqual(model.frames);
        expect(bytes).toBeLessThanOrEqual(model.truth);
      }),
      { numRuns: 150 },
    );
  });

  it('that says anything has no counter that falls', { timeout: 60_000 }, async () => {
    const anything = fc.oneof(clear, reconnect, fails, backwards, zeros, garbage);
    await fc.assert(
      fc.asyncProperty(busy(anything), async (events) => expectRisen(await play(new Model(correlated), events))),
      { numRuns: 150 },
    );
  });
});
