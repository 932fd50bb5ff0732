/**
 * The calls of one read of the event log, and the handles that they opened: each is closed exactly once, whatever happens.
 *
 * Calls are made one after the other, and none but EvtClose once the deadline has passed. A call that returns when nobody waits
 * for it any more still tells which handles it opened, and they are closed then.
 */
import { BadAnswer, CallError, CallTimeout } from '../call-errors.ts';
import type { Argument, AsyncCall } from '../dll/library.ts';
import { type EvtFunction, RENDER_VALUES } from './prototypes.ts';
import type { Rendered } from './variant.ts';

/** What the calls need of the process that they are made in. */
export interface Wevtapi {
  readonly functions: Readonly<Record<EvtFunction, AsyncCall>>;
  /** GetLastError, inside the callback of a call. */
  lastError(): number;
  address(buffer: Buffer): bigint;
  readonly pointerSize: 4 | 8;
}

const ERROR_INSUFFICIENT_BUFFER = 122;
const ERROR_NO_MORE_ITEMS = 259;
const ERROR_TIMEOUT = 1460;

/** Milliseconds that EvtNext may look for a record; so often it is asked to go on looking. */
const PATIENCE = 1000;
const MOST_TIMEOUTS = 60;

/** Enough for the records of RasClient; and more than any record can need, which is written with 64 KiB at most. */
const FIRST_BUFFER = 8 * 1024;
const MAX_BUFFER = 1024 * 1024;
const MAX_GROWTHS = 8;

/** The 18 system properties: what is not overwritten must not look like the record before. */
const STALE = 18 * 16;

/** Why a record cannot be rendered that could be at another time: memory, or the event log service itself. */
const NOT_OF_THE_RECORD: ReadonlySet<number> = new Set([8, 14, 1450, ERROR_TIMEOUT, 1722, 1723, 1726, 1727, 1753]);

/** Answers FALSE or NULL, and GetLastError says 0. */
const NO_REASON = -1;

export class EvtCalls {
  readonly #api: Wevtapi;
  readonly #signal: AbortSignal;
  readonly #calling: (name: EvtFunction) => void;
  readonly #open = new Set<bigint>();
  readonly #used = Buffer.alloc(4);
  readonly #count = Buffer.alloc(4);
  #buffer: Buffer = Buffer.alloc(FIRST_BUFFER);
  #address: bigint;

  /** @param calling is told which function is called next */
  constructor(api: Wevtapi, signal: AbortSignal, calling: (name: EvtFunction) => void) {
    this.#api = api;
    this.#signal = signal;
    this.#calling = calling;
    this.#address = api.address(this.#buffer);
  }

  /** EvtQuery. */
  query(channel: string, xpath: string, flags: number): Promise<bigint> {
    return this.#openHandle('EvtQuery', [0, channel, xpath, flags]);
  }

  /** EvtCreateRenderContext. */
  createRenderContext(flags: number): Promise<bigint> {
    return this.#openHandle('EvtCreateRenderContext', [0, null, flags]);
  }

  /** EvtNext: at most `most` records of a result set; none when it has no more. */
  async next(resultSet: bigint, most: number): Promise<readonly bigint[]> {
    const size = this.#api.pointerSize;
    const handles = Buffer.alloc(most * size);
    for (let timeouts = 0; ; timeouts += 1) {
      this.#count.writeUInt32LE(0);
      const opened = () => this.#keep(handles, most);
      const error = await this.#call('EvtNext', [resultSet, most, handles, PATIENCE, 0, this.#count], opened);
      if (typeof error === 'object') return error;
      if (error === ERROR_NO_MORE_ITEMS) return [];
      // It goes on from where it has come to.
      if (error !== ERROR_TIMEOUT || timeouts === MOST_TIMEOUTS) throw failure('EvtNext', error);
    }
  }

  /**
   * EvtRender: the properties of a record, in a buffer that the next call of it writes into; `undefined` when there is something
   * about the record that makes this impossible.
   */
  async render(context: bigint, event: bigint): Promise<Rendered | undefined> {
    let retried = false;
    for (let grown = 0; grown < MAX_GROWTHS; grown += 1) {
      const error = await this.#renderOnce(context, event);
      if (error === 0) return this.#rendered();
      if (error === ERROR_INSUFFICIENT_BUFFER) {
        if (!this.#grow()) return undefined;
        continue;
      }
      // Whatever it was, a record is given up only when it is still so.
      if (retried) {
        if (error === NO_REASON || !NOT_OF_THE_RECORD.has(error)) return undefined;
        throw failure('EvtRender', error);
      }
      retried = true;
    }
    return undefined;
  }

  /** EvtClose. Its failure changes nothing: the handle was ours, and there is no second try. */
  async close(handle: bigint): Promise<void> {
    if (!this.#open.delete(handle)) return;
    this.#calling('EvtClose');
    await new Promise<void>((done) => this.#api.functions.EvtClose([handle], () => done()));
  }

  /** Closes whatever is open. */
  async closeAll(): Promise<void> {
    // The records before the result sets that they are from.
    for (const handle of [...this.#open].toReversed()) await this.close(handle);
  }

  #renderOnce(context: bigint, event: bigint): Promise<number> {
    this.#used.writeUInt32LE(0);
    this.#count.writeUInt32LE(0);
    this.#buffer.fill(0xff, 0, STALE);
    const args = [context, event, RENDER_VALUES, this.#buffer.length, this.#buffer, this.#used, this.#count];
    return this.#call('EvtRender', args, () => 0);
  }

  #rendered(): Rendered {
    const used = Math.min(this.#used.readUInt32LE(), this.#buffer.length);
    const { pointerSize } = this.#api;
    return { buffer: this.#buffer, address: this.#address, used, count: this.#count.readUInt32LE(), pointerSize };
  }

  /** Makes room for as much as EvtRender said that it needs; `false` when nobody needs so much, or it was there already. */
  #grow(): boolean {
    const needed = this.#used.readUInt32LE();
    if (needed <= this.#buffer.length || needed > MAX_BUFFER) return false;
    this.#buffer = Buffer.alloc(Math.min(2 * needed, MAX_BUFFER));
    this.#address = this.#api.address(this.#buffer);
    return true;
  }

  async #openHandle(name: EvtFunction, args: readonly Argument[]): Promise<bigint> {
    const handle = await this.#call(name, args, (returned) => {
      const opened = BigInt(returned);
      this.#open.add(opened);
      return { opened };
    });
    if (typeof handle === 'number') throw failure(name, handle);
    return handle.opened;
  }

  /** The records that EvtNext gave; a handle that is there twice is closed once. */
  #keep(handles: Buffer, most: number): readonly bigint[] {
    const kept: bigint[] = [];
    const size = this.#api.pointerSize;
    const count = Math.min(this.#count.readUInt32LE(), most);
    for (let index = 0; index < count; index += 1) {
      const at = index * size;
      const handle = size === 8 ? handles.readBigUInt64LE(at) : BigInt(handles.readUInt32LE(at));
      if (handle === 0n || this.#open.has(handle)) continue;
      this.#open.add(handle);
      kept.push(handle);
    }
    if (kept.length > 0) return kept;
    throw new BadAnswer('EvtNext', 'EvtNext reported success and gave no record');
  }

  /**
   * One call.
   *
   * @param succeeded makes the result of what the function returned, at once: handles are known also when nobody waits any more
   * @returns that result, or why the function failed: GetLastError, `NO_REASON`
   */
  #call<T>(
    name: EvtFunction,
    args: readonly Argument[],
    succeeded: (returned: number | bigint) => T,
  ): Promise<T | number> {
    if (this.#signal.aborted) {
      return Promise.reject(new CallTimeout(name, `${name} was not called: the deadline had passed`));
    }
    this.#calling(name);
    return new Promise((resolve, reject) => {
      this.#api.functions[name](args, (error, returned) => {
        if (error instanceof Error) {
          reject(error);
          return;
        }
        try {
          if (Number(returned) === 0) resolve(this.#api.lastError() || NO_REASON);
          else resolve(succeeded(returned));
        } catch (thrown) {
          reject(thrown);
        }
      });
    });
  }
}

function failure(name: EvtFunction, error: number): Error {
  return error === NO_REASON ? new BadAnswer(name, `${name} failed without a reason`) : new CallError(name, error);
}
