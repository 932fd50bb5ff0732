/**
 * Functions of a DLL, each bound when it is first called: a function that a version of Windows lacks disables what needs it,
 * and nothing else.
 *
 * What stands in the prototypes is all that can ever be called. Functions that change state are in none of them.
 */
import { FunctionMissing } from '../call-errors.ts';
import { type Koffi, loadKoffi } from './koffi.ts';
import { bindLastError } from './last-error.ts';

/** A function of a DLL, in koffi's words. */
export interface Prototype {
  /** `uint32`: DWORD, an error code. `int`: BOOL. `uintptr_t`: a handle. */
  readonly returns: 'uint32' | 'int' | 'uintptr_t';
  readonly parameters: readonly string[];
}

/** What is passed to a function. Buffers must stay referenced until the call returns. */
export type Argument = Buffer | bigint | number | string | readonly string[] | null;

/** Calls a bound function on a thread of the pool. */
export type AsyncCall = (
  args: readonly Argument[],
  done: (error: Error | null | undefined, returned: number | bigint) => void,
) => void;

export class Library<F extends string> {
  readonly #path: (koffi: Koffi) => string;
  readonly #prototypes: Readonly<Record<F, Prototype>>;
  readonly #bound = new Map<F, AsyncCall>();
  readonly #functions = new Map<F, ReturnType<ReturnType<Koffi['load']>['func']>>();
  #koffi: Koffi | undefined;
  #handle: ReturnType<Koffi['load']> | undefined;
  #lastError: () => number = () => 0;

  /** @param path gives an absolute path, so that no DLL of the same name elsewhere is loaded in its place */
  constructor(prototypes: Readonly<Record<F, Prototype>>, path: (koffi: Koffi) => string) {
    this.#prototypes = prototypes;
    this.#path = path;
  }

  /** The functions that have been bound so far. */
  get bound(): readonly F[] {
    return [...this.#bound.keys()];
  }

  /** GetLastError of the call whose `done` is running; nothing may be awaited in between. */
  lastError(): number {
    return this.#lastError();
  }

  /**
   * Where a buffer lies, to tell whether a pointer that Windows wrote points into it: such pointers are compared, never followed.
   * Only after a function was bound.
   */
  address(buffer: Buffer): bigint {
    return this.#koffi?.address(buffer) ?? 0n;
  }

  /**
   * Calls a function in the thread of JavaScript, which waits: for what has to be done before a callback returns.
   *
   * @returns 0 when the function is not bound
   */
  callNow(name: F, ...args: readonly Argument[]): bigint {
    return BigInt(this.#functions.get(name)?.(...args) ?? 0);
  }

  /**
   * Binds a function, or returns it when it is bound.
   *
   * @throws FunctionMissing when the DLL cannot be loaded or does not export it
   */
  async bind(name: F): Promise<AsyncCall> {
    const known = this.#bound.get(name);
    if (known !== undefined) return known;
    try {
      const { returns, parameters } = this.#prototypes[name];
      this.#koffi ??= await loadKoffi();
      this.#lastError = bindLastError(this.#koffi);
      this.#handle ??= load(this.#koffi, this.#path(this.#koffi));
      const bound = this.#handle.func('__stdcall', name, returns, [...parameters]);
      const call: AsyncCall = (args, done) => {
        bound.async(...args, (error: Error | null, returned: number | bigint) => {
          // Named here so that the buffers live as long as Windows may write into them.
          void args;
          done(error, returned);
        });
      };
      this.#bound.set(name, call);
      this.#functions.set(name, bound);
      return call;
    } catch (error) {
      throw new FunctionMissing(name, `${name} cannot be used: ${messageOf(error)}`);
    }
  }
}

function load(koffi: Koffi, path: string): ReturnType<Koffi['load']> {
  try {
    return koffi.load(path);
  } catch (error) {
    throw new Error(`${path}: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
