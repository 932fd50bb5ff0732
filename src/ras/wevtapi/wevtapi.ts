/** `EventLog` on Windows: the calls into wevtapi.dll. */
import type { AsyncCall } from '../dll/library.ts';
import { Library } from '../dll/library.ts';
import { systemDll } from '../dll/system-dll.ts';
import type { EventBatch, EventLog, EventPosition, EventStart } from '../event-log.ts';
import { Lane, type StartCall } from '../lane.ts';
import { pointerSize } from '../rasapi32/structs.ts';
import { EvtCalls, type Wevtapi } from './calls.ts';
import { Channel } from './cursor.ts';
import { type EvtFunction, PROTOTYPES } from './prototypes.ts';
import { Reading } from './reading.ts';

/** Where the events are, and which DLL reads them. */
export interface WevtapiOptions {
  /** Path of the DLL; default `wevtapi.dll` in the system directory of Windows. */
  readonly path?: string;
  /** Default `Application`. */
  readonly channel?: string;
}

/** Opens the event log. Nothing is loaded before the first read. */
export function openWevtapi({ path, channel = 'Application' }: WevtapiOptions = {}): WindowsEventLog {
  const library = new Library(PROTOTYPES, path === undefined ? (koffi) => systemDll(koffi, 'wevtapi.dll') : () => path);
  return new WindowsEventLog(library, channel);
}

/** Records that a read walks through; see `Reading`. */
const WINDOW = 256;

export class WindowsEventLog implements EventLog {
  readonly #library: Library<EvtFunction>;
  readonly #channel: string;
  readonly #lane = new Lane();
  #window = WINDOW;

  constructor(library: Library<EvtFunction>, channel: string) {
    this.#library = library;
    this.#channel = channel;
  }

  get hanging(): boolean {
    return this.#lane.busy;
  }

  /** The functions that were bound so far. */
  get bound(): readonly EvtFunction[] {
    return this.#library.bound;
  }

  /**
   * A read is one job of the lane: a call that hangs has no other one made, and when it returns after all, what it opened is
   * closed before anything else.
   */
  async read(from: EventPosition | EventStart, limit: number, signal: AbortSignal): Promise<EventBatch> {
    const api = await this.#bind();
    let reading: Reading | undefined;
    const job = async (...[done, calling]: Parameters<StartCall<EventBatch | undefined>>) => {
      const calls = new EvtCalls(api, signal, calling);
      reading = new Reading(new Channel(calls, this.#channel), from, limit, this.#window);
      const outcome = await settled(reading.run());
      await calls.closeAll();
      if (outcome instanceof Error) done(outcome, undefined);
      else done(null, outcome);
    };
    try {
      const batch = await this.#lane.run<EventBatch | undefined>('EvtQuery', (...args) => void job(...args), signal);
      this.#window = WINDOW;
      if (batch !== undefined) return batch;
      throw new Error('EvtQuery gave no batch');
    } catch (error) {
      // A walk gives all or nothing: one that was too long must not be too long for ever.
      this.#window = Math.floor(this.#window / 2);
      const found = reading?.found;
      if (found === undefined) throw error;
      return found;
    }
  }

  async #bind(): Promise<Wevtapi> {
    const bind = (name: EvtFunction): Promise<AsyncCall> => this.#library.bind(name);
    return {
      functions: {
        EvtQuery: await bind('EvtQuery'),
        EvtNext: await bind('EvtNext'),
        EvtCreateRenderContext: await bind('EvtCreateRenderContext'),
        EvtRender: await bind('EvtRender'),
        EvtClose: await bind('EvtClose'),
      },
      lastError: () => this.#library.lastError(),
      address: (buffer) => this.#library.address(buffer),
      pointerSize: pointerSize(),
    };
  }
}

/** A result, or the error in its place. */
async function settled<T>(result: Promise<T>): Promise<T | Error> {
  try {
    return await result;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
