/**
 * The real binding of advapi32.dll over its double, inside the test's own process:
 *
 * ```ts
 * const bench = useServices();
 * it('…', async () => {
 *   bench.double.play(service({ name: 'RasMan', state: 1 }));
 *   expect(await bench.services.queryState('RasMan', soon())).toBe('stopped');
 * });
 * ```
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Advapi32, openAdvapi32 } from '../../src/ras/advapi32/advapi32.ts';
import type { ServiceFunction } from '../../src/ras/advapi32/prototypes.ts';
import { buildDouble, DoubleScript } from './double.ts';
import { handlesOf } from './double-services.ts';

/** What a test works with; each test gets a new one of both. */
export interface ServicesBench {
  readonly double: DoubleScript;
  readonly services: Advapi32;
}

/** Registers the hooks that build the double and open the binding. After each test every handle must have been closed, once. */
export function useServices(without: readonly ServiceFunction[] = []): ServicesBench {
  const folder = mkdtempSync(join(tmpdir(), 'ras-services-'));
  let path: string;
  let tests = 0;
  let current: ServicesBench | undefined;
  const opened = () => {
    if (current === undefined) throw new Error('only inside a test');
    return current;
  };

  beforeAll(async () => {
    path = await buildDouble('linux', without, 'advapi32');
  });
  beforeEach(() => {
    tests += 1;
    const double = new DoubleScript(join(folder, String(tests)));
    // The double reads the environment of the process that it is loaded into.
    Object.assign(process.env, double.env.linux);
    current = { double, services: openAdvapi32({ path }) };
  });
  afterEach(async () => {
    const { double, services } = opened();
    // A call that hangs would keep this process from ending.
    double.play();
    await expect.poll(() => services.hanging).toBe(false);
    const handles = handlesOf(double.readCalls());
    expect(handles.closed.toSorted()).toEqual(handles.opened.toSorted());
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  return {
    get double() {
      return opened().double;
    },
    get services() {
      return opened().services;
    },
  };
}
