/**
 * The real binding over the double, inside the test's own process:
 *
 * ```ts
 * const bench = useBinding();
 * it('…', async () => {
 *   bench.double.play(connection({ handle: 1n, entry: 'Office' }));
 *   expect(await bench.ras.enumConnections(soon())).toHaveLength(1);
 * });
 * ```
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { RasFunction } from '../../src/ras/api.ts';
import { openRasapi32, type Rasapi32 } from '../../src/ras/rasapi32/rasapi32.ts';
import { buildDouble, type DoubleCall, DoubleScript } from './double.ts';

/** What a test works with; each test gets a new one of both. */
export interface Bench {
  readonly double: DoubleScript;
  readonly ras: Rasapi32;
}

/** A deadline that no call misses unless it hangs. */
export function soon(): AbortSignal {
  return AbortSignal.timeout(15_000);
}

/** The calls of one function. */
export function callsOf(double: DoubleScript, name: RasFunction): readonly DoubleCall[] {
  return double.readCalls().filter((call) => call.function === name);
}

/** Registers the hooks that build the double and open the binding; `without` lists functions that it does not export. */
export function useBinding(without: readonly RasFunction[] = []): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'ras-binding-'));
  let path: string;
  let tests = 0;
  let current: Bench | undefined;
  const opened = () => {
    if (current === undefined) throw new Error('only inside a test');
    return current;
  };

  beforeAll(async () => {
    path = await buildDouble('linux', without);
  });
  beforeEach(() => {
    tests += 1;
    const double = new DoubleScript(join(folder, String(tests)));
    // The double reads the environment of the process that it is loaded into.
    Object.assign(process.env, double.env.linux);
    current = { double, ras: openRasapi32({ path }) };
  });
  afterEach(async () => {
    // A call that hangs would keep this process from ending.
    opened().double.play();
    await expect.poll(() => opened().ras.hanging).toBe(false);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  return {
    get double() {
      return opened().double;
    },
    get ras() {
      return opened().ras;
    },
  };
}
