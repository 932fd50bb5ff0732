/**
 * Functions of a DLL, each bound when it is first called: a function that a version of Windows lacks disables what needs it,
 * and nothing else.
 *
 * What stands in `PROTOTYPES` is all that can ever be called. Functions that change state (RasDialW, RasHangUpW, RasSet…,
 * RasDelete…, RasClear…) are not in it.
 */
import { type RasFunction, RasFunctionMissing } from '../api.ts';
import { type Koffi, loadKoffi } from './koffi.ts';

interface Prototype {
  readonly parameters: readonly string[];
}

/** All return DWORD: 0 or an error code. https://learn.microsoft.com/windows/win32/api/ras/ */
export const PROTOTYPES: Readonly<Record<RasFunction, Prototype>> = {
  RasEnumConnectionsW: { parameters: ['void *', 'void *', 'void *'] },
  RasGetConnectStatusW: { parameters: ['uintptr_t', 'void *'] },
  RasEnumEntriesW: { parameters: ['str16', 'str16', 'void *', 'void *', 'void *'] },
  RasGetEntryPropertiesW: { parameters: ['str16', 'str16', 'void *', 'void *', 'void *', 'void *'] },
  RasGetErrorStringW: { parameters: ['uint32', 'void *', 'uint32'] },
};

/** What is passed to a function. Buffers must stay referenced until the call returns. */
export type Argument = Buffer | bigint | number | string | null;

/** Calls a bound function on a thread of the pool. */
export type AsyncCall = (
  args: readonly Argument[],
  done: (error: Error | null | undefined, returned: number) => void,
) => void;

export class Library {
  readonly #path: (koffi: Koffi) => string;
  readonly #bound = new Map<RasFunction, AsyncCall>();
  #koffi: Koffi | undefined;
  #handle: ReturnType<Koffi['load']> | undefined;

  /** @param path gives an absolute path, so that no DLL of the same name elsewhere is loaded in its place */
  constructor(path: (koffi: Koffi) => string) {
    this.#path = path;
  }

  /** The functions that have been bound so far. */
  get bound(): readonly RasFunction[] {
    return [...this.#bound.keys()];
  }

  /**
   * Binds a function, or returns it when it is bound.
   *
   * @throws RasFunctionMissing when the DLL cannot be loaded or does not export it
   */
  async bind(name: RasFunction): Promise<AsyncCall> {
    const known = this.#bound.get(name);
    if (known !== undefined) return known;
    try {
      this.#koffi ??= await loadKoffi();
      this.#handle ??= load(this.#koffi, this.#path(this.#koffi));
      const bound = this.#handle.func('__stdcall', name, 'uint32', [...PROTOTYPES[name].parameters]);
      const call: AsyncCall = (args, done) => {
        bound.async(...args, (error: Error | null, returned: number) => {
          // Named here so that the buffers live as long as Windows may write into them.
          void args;
          done(error, returned);
        });
      };
      this.#bound.set(name, call);
      return call;
    } catch (error) {
      throw new RasFunctionMissing(name, `${name} cannot be used: ${messageOf(error)}`);
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
