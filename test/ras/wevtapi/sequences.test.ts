/**
 * Logs that grow, are cleared and overwrite themselves, read with calls that fail and deadlines that pass: every record of
 * RasClient is handed out exactly once, or a gap says that some are missing.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventPosition, EventStart } from '../../../src/ras/event-log.ts';
import type { Directive } from '../../support/double.ts';
import { event, misbehave } from '../../support/double-wevtapi.ts';
import { type EventLogBench, expectHandlesClosed, useEventLog } from '../../support/event-log.ts';
import { isMissing } from '../../support/requirements.ts';

/** What a record is: counted, another provider's, or counted and not to be read. */
type Kind = 'ours' | 'other' | 'unreadable' | 'unmarked';

type Step =
  | { readonly do: 'write'; readonly kinds: readonly Kind[] }
  | { readonly do: 'clear'; readonly restart: boolean }
  | { readonly do: 'overwrite'; readonly count: number }
  | {
      readonly do: 'read';
      readonly limit: number;
      readonly failing?: number;
      readonly code: number;
      readonly aborting?: number;
    };

const kind = fc.constantFrom<Kind>('ours', 'ours', 'ours', 'other', 'other', 'unreadable', 'unmarked');
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write'), kinds: fc.array(kind, { maxLength: 12 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('write'), kinds: fc.array(kind, { minLength: 250, maxLength: 300 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear'), restart: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('overwrite'), count: fc.nat(15) }) },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        do: fc.constant('read'),
        limit: fc.constantFrom(1, 3, 10, 1000),
        failing: fc.nat(60),
        code: fc.constantFrom(5, 1722, 15_011),
        aborting: fc.nat(8),
      },
      { requiredKeys: ['do', 'limit', 'code'] },
    ),
  },
);

interface Written {
  readonly serial: number;
  readonly recordId: number;
  readonly time: number;
  readonly kind: Kind;
}

/** The log and whoever reads it. */
class Machine {
  readonly #bench: EventLogBench;
  #log: Written[] = [];
  #nextId = 1;
  #serial = 0;
  #position: EventPosition | EventStart = { since: 0 };
  readonly #handedOut: number[] = [];
  #unreadable = 0;
  /** Records that went before they were handed out, and no gap has told of since. */
  #untold = 0;
  #lost = 0;

  constructor(bench: EventLogBench) {
    this.#bench = bench;
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'write') for (const written of step.kinds) this.#write(written);
    else if (step.do === 'clear') this.#clear(step.restart);
    else if (step.do === 'overwrite') this.#lose(step.count);
    else await this.#read(step);
  }

  /** Reads everything that is left; then nothing is missing that no gap told of. */
  async finish(): Promise<void> {
    this.#write('ours');
    for (let reads = 0; await this.#read({ do: 'read', limit: 100, code: 0 }); reads += 1)
      expect(reads).toBeLessThan(100);
    const left = this.#log.filter((written) => written.kind === 'ours').map(({ serial }) => serial);
    expect(this.#handedOut.length).toBe(new Set(this.#handedOut).size);
    expect(this.#handedOut).toEqual(expect.arrayContaining(left));
    expect(this.#handedOut).toEqual(this.#handedOut.toSorted((a, b) => a - b));
    expect(this.#untold).toBe(0);
  }

  /** Records that can and cannot be read, those that are gone, and what was counted. */
  get counts() {
    return { unreadable: this.#unreadable, lost: this.#lost };
  }

  #write(written: Kind): void {
    this.#serial += 1;
    this.#log.push({
      serial: this.#serial,
      recordId: this.#nextId,
      time: 1_700_000_000_000 + this.#serial,
      kind: written,
    });
    this.#nextId += 1;
  }

  #clear(restart: boolean): void {
    this.#lose(this.#log.length);
    if (restart) this.#nextId = 1;
  }

  #lose(count: number): void {
    const gone = this.#log.splice(0, count);
    const missed = gone.filter((written) => written.kind === 'ours' && !this.#handedOut.includes(written.serial));
    // Of what there was before it read anything nobody told it.
    if ('recordId' in this.#position && this.#position.recordId !== 0n) this.#untold += missed.length;
    this.#lost += gone.length;
  }

  #directives(): Directive[] {
    return this.#log.map(({ serial, recordId, time, kind: written }) =>
      event({
        recordId,
        time,
        data: [String(serial)],
        ...(written === 'other' ? { provider: 'Other' } : {}),
        ...(written === 'unreadable' ? { userFails: 13 } : {}),
        ...(written === 'unmarked' ? { wrong: ['recordid'] } : {}),
      }),
    );
  }

  async #read({ limit, failing, code, aborting }: Extract<Step, { do: 'read' }>): Promise<boolean> {
    const trouble = failing === undefined ? [] : [misbehave({ function: '*', after: failing, count: 1, fails: code })];
    this.#bench.double.play(...this.#directives(), ...trouble);
    const signal = AbortSignal.timeout(aborting ?? 15_000);
    try {
      const batch = await this.#bench.log.read(this.#position, limit, signal);
      this.#position = batch.position;
      this.#unreadable += batch.unreadable;
      this.#handedOut.push(...batch.records.map(({ data }) => Number(data[0])));
      if (batch.gap !== undefined) this.#untold = 0;
      expect(batch.records.length).toBeLessThanOrEqual(limit);
      return batch.more;
    } catch (error) {
      expect(error).toMatchObject({ name: expect.stringMatching(/^(CallError|CallTimeout|BadAnswer)$/) });
      return false;
    } finally {
      await expect.poll(() => this.#bench.log.hanging, { interval: 1 }).toBe(false);
    }
  }
}

describe.skipIf(isMissing('gcc', 'stdio.h'))('whatever happens to a log and to its reads', () => {
  const bench = useEventLog();

  it('every record is handed out once and in order, or a gap tells of it, and no handle stays open', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 25 }), async (steps) => {
        const machine = new Machine(bench);
        for (const next of steps) await machine.run(next);
        await machine.finish();
      }),
      { numRuns: 150, seed: 20_224 },
    );
    expectHandlesClosed(bench.double);
  });

  it('each call of a read may fail: nothing is missing, nothing is there twice', { timeout: 60_000 }, async () => {
    const kinds: readonly Kind[] = ['ours', 'other', 'ours', 'unreadable', 'ours', 'unmarked', 'ours'];
    for (let failing = 0; failing < 60; failing += 1) {
      const machine = new Machine(bench);
      for (let round = 0; round < 3; round += 1) {
        await machine.run({ do: 'write', kinds });
        await machine.run({ do: 'read', limit: 1000, failing, code: 5 });
      }
      await machine.finish();
      expect(machine.counts).toEqual({ unreadable: 6, lost: 0 });
    }
  });
});
