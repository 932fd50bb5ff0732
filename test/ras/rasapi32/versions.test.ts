/** Which version of a structure is asked for when: the clock and Windows are the test's. */
import { beforeEach, describe, expect, it } from 'vitest';
import { rasConnW } from '../../../src/ras/rasapi32/structs.ts';
import { Versions } from '../../../src/ras/rasapi32/versions.ts';

const RASCONNW = rasConnW(8);
const MINUTE = 60_000;
let now: number;
let versions: Versions;
let accepted: readonly number[];
let refusals: number;

beforeEach(() => {
  now = 0;
  versions = new Versions(() => now);
  accepted = RASCONNW.sizes;
  refusals = 0;
});

/** The sizes that one call asks for. */
async function asked(): Promise<number[]> {
  const sizes: number[] = [];
  const attempt = (size: number) => {
    sizes.push(size);
    return Promise.resolve({ returned: accepted.includes(size) ? 0 : 632 });
  };
  await versions.negotiate(RASCONNW, attempt, () => {
    refusals += 1;
  });
  return sizes;
}

describe('a Windows that refuses the newest version once', () => {
  it('is asked for it again a minute later, and from then on', async () => {
    accepted = [1372];
    expect(await asked()).toEqual([1388, 1372]);
    accepted = [1388, 1372];
    now = MINUTE - 1;
    expect(await asked()).toEqual([1372]);
    now = MINUTE;
    expect(await asked()).toEqual([1388]);
    expect(await asked()).toEqual([1388]);
    expect(refusals).toBe(1);
  });
});

describe('a Windows that knows an older version only', () => {
  it('is asked for the newest once a minute, and its refusal is followed by an attempt that succeeds', async () => {
    accepted = [1372];
    await asked();
    const sizes: number[] = [];
    for (now = 1000; now <= 3 * MINUTE; now += 1000) sizes.push(...(await asked()));
    expect(sizes.filter((size) => size === 1388)).toHaveLength(3);
    expect(sizes.filter((size) => size === 1372)).toHaveLength(180);
    expect(refusals).toBe(4);
  });
});

describe('a Windows that refuses every version', () => {
  it('is asked for each of them once, from the newest on, by every call', async () => {
    accepted = [];
    const all = [1388, 1372, 1360, 1344, 820];
    expect([await asked(), await asked()]).toEqual([all, all]);
    expect(refusals).toBe(8);
  });
});
