/** One call of a library in a lane. */
import type { Lane } from '../lane.ts';
import type { Argument, Library } from './library.ts';

/** What a function returned, and GetLastError, which means something where that was a failure. */
export interface Returned {
  readonly value: bigint;
  readonly lastError: number;
}

/** @throws CallTimeout when `signal` aborts first, or the lane hangs; FunctionMissing */
export async function callInLane<F extends string>(
  library: Library<F>,
  lane: Lane,
  signal: AbortSignal,
  name: F,
  args: readonly Argument[],
): Promise<Returned> {
  const call = await library.bind(name);
  return lane.run<Returned>(
    name,
    (done) =>
      call(args, (error, value) => {
        done(error, { value: BigInt(value ?? 0), lastError: error ? 0 : library.lastError() });
      }),
    signal,
  );
}
