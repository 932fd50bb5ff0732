/**
 * The real binding of wevtapi.dll over its double, inside the test's own process:
 *
 * ```ts
 * const bench = useEventLog();
 * it('…', async () => {
 *   bench.double.play(event({ recordId: 1n }));
 *   expect((await bench.log.read({ since: 0 }, 10, soon())).records).toHaveLength(1);
 * });
 * ```
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { EventBatch, EventPosition, EventStart } from '../../src/ras/event-log.ts';
import type { EvtFunction } from '../../src/ras/wevtapi/prototypes.ts';
import { openWevtapi, type WindowsEventLog } from '../../src/ras/wevtapi/wevtapi.ts';
import { soon } from './binding.ts';
import { buildDouble, type DoubleCall, DoubleScript } from './double.ts';

/** What a test works with; each test gets a new one of both. */
export interface EventLogBench {
  readonly double: DoubleScript;
  readonly log: WindowsEventLog;
}

/** Registers the hooks that build the double and open the binding; `without` lists functions that it does not export. */
export function useEventLog(without: readonly EvtFunction[] = []): EventLogBench {
  const folder = mkdtempSync(join(tmpdir(), 'ras-events-'));
  let path: string;
  let tests = 0;
  let current: EventLogBench | undefined;
  const opened = () => {
    if (current === undefined) throw new Error('only inside a test');
    return current;
  };

  beforeAll(async () => {
    path = await buildDouble('linux', without, 'wevtapi');
  });
  beforeEach(() => {
    tests += 1;
    const double = new DoubleScript(join(folder, String(tests)));
    // The double reads the environment of the process that it is loaded into.
    Object.assign(process.env, double.env.linux);
    current = { double, log: openWevtapi({ path }) };
  });
  afterEach(async () => {
    // A call that hangs would keep this process from ending.
    opened().double.play();
    await expect.poll(() => opened().log.hanging).toBe(false);
    expectHandlesClosed(opened().double);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  return {
    get double() {
      return opened().double;
    },
    get log() {
      return opened().log;
    },
  };
}

/** The calls of one function. */
export function callsOfEvents(double: DoubleScript, name: EvtFunction): readonly DoubleCall[] {
  return double.readCalls().filter((call) => call.function === name);
}

/** Every handle that was given was closed once, and none was used after that. */
export function expectHandlesClosed(double: DoubleScript): void {
  const calls = double.readCalls();
  expect(calls.filter((call) => call.arguments.has('misuse'))).toEqual([]);
  expect(openHandles(calls)).toBe(0);
}

/** Handles that were given and not closed. */
export function openHandles(calls: readonly DoubleCall[]): number {
  let open = 0;
  for (const call of calls) {
    if (call.function === 'EvtClose' && call.returned !== undefined) open -= 1;
    if (call.function === 'EvtNext' && call.returned === 0) open += Number(call.arguments.get('count_out'));
    if (call.arguments.has('given') && call.arguments.get('given') !== '0x0') open += 1;
  }
  return open;
}

/** Reads on until there is no more; what every read found. */
export async function readAll(
  log: WindowsEventLog,
  from: EventPosition | EventStart,
  limit = 1000,
): Promise<readonly EventBatch[]> {
  const batches: EventBatch[] = [];
  let position = from;
  for (;;) {
    const batch = await log.read(position, limit, soon());
    batches.push(batch);
    position = batch.position;
    if (!batch.more) return batches;
  }
}

/** The numbers of the records. */
export function idsOf(...batches: readonly EventBatch[]): readonly number[] {
  return batches.flatMap(({ records }) => records.map(({ recordId }) => Number(recordId)));
}
