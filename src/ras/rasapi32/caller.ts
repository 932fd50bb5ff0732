/**
 * Calls into rasapi32.dll by the protocols that its functions share: an array that may be too small, a structure whose version
 * may be unknown, a buffer that wants to be larger.
 *
 * One call at a time, each in the ledger with what it returned.
 */
import type { RasFunction } from '../api.ts';
import { BadAnswer, CallError } from '../call-errors.ts';
import type { ApiCalls } from '../calls.ts';
import type { Layout } from '../dll/layout.ts';
import type { Argument, Library } from '../dll/library.ts';
import { StructReader } from '../dll/read.ts';
import { Lane, type StartCall } from '../lane.ts';
import { enumerate } from './enumerate.ts';
import { Versions } from './versions.ts';

const ERROR_BUFFER_TOO_SMALL = 603;

/** What a DWORD holds before Windows writes it: no state, error or option has this value. */
const UNWRITTEN = 0xffff_ffff;

/** Enough for a buffer that doubles from the first guess to `MAX_ROOM`. */
const MAX_GROWTHS = 9;
const MAX_ROOM = 256 * 1024;

/** What `fill` has to know of a function. */
export interface FillOptions<E extends number> {
  /** Offsets of DWORDs that Windows always writes. */
  readonly unwritten: readonly number[];
  /** Return values that are answers. */
  readonly expected: readonly E[];
  /** The first DWORD of the structure; default its size. */
  readonly head?: number;
  /** The bytes that the function said it needs. */
  readonly needed?: () => number;
}

export class Caller {
  readonly #library: Library<RasFunction>;
  readonly #calls: ApiCalls;
  readonly #lane = new Lane();
  readonly #versions = new Versions();

  /** @param calls the ledger */
  constructor(library: Library<RasFunction>, calls: ApiCalls) {
    this.#library = library;
    this.#calls = calls;
  }

  /** True while a call has not returned. */
  get busy(): boolean {
    return this.#lane.busy;
  }

  /** The elements of an enumeration; `before` are the arguments that precede buffer, size and count. */
  async enumerate(
    struct: Layout,
    name: RasFunction,
    before: readonly Argument[],
    signal: AbortSignal,
  ): Promise<StructReader[]> {
    const attempt = async (size: number) => {
      let made = 0;
      const call = (buffer: Buffer, bytes: Buffer, count: Buffer) => {
        // The call before this one said that the array was too small.
        if (made > 0) this.#calls.record(name, 0);
        made += 1;
        return this.call(name, [...before, buffer, bytes, count], signal, ERROR_BUFFER_TOO_SMALL);
      };
      return { ...(await enumerate(call, size)), size };
    };
    const outcome = await this.#versions.negotiate(struct, attempt, () => this.#calls.record(name, 0));
    const { returned, buffer, count, size } = outcome;
    this.#calls.record(name, returned);
    if (returned !== 0) throw new CallError(name, returned);
    return Array.from({ length: count }, (_, index) => new StructReader(buffer, index * size, size));
  }

  /** One structure that Windows fills in; the return value when it is one of `expected`. */
  async fill<E extends number>(
    struct: Layout,
    name: RasFunction,
    room: number,
    args: (buffer: Buffer) => readonly Argument[],
    signal: AbortSignal,
    { unwritten, expected, needed, head }: FillOptions<E>,
  ): Promise<StructReader | E> {
    const protocols = needed === undefined ? expected : [...expected, ERROR_BUFFER_TOO_SMALL];
    const attempt = async (size: number) => {
      let extra = room;
      for (let grown = 0; ; grown += 1) {
        const buffer = Buffer.alloc(size + extra);
        buffer.writeUInt32LE(head ?? size);
        for (const offset of unwritten) buffer.writeUInt32LE(UNWRITTEN, offset);
        const returned = await this.call(name, args(buffer), signal, ...protocols);
        const tooSmall = returned === ERROR_BUFFER_TOO_SMALL && needed !== undefined;
        if (!tooSmall || grown === MAX_GROWTHS) return { returned, buffer, size };
        this.#calls.record(name, 0);
        extra = Math.min(Math.max(needed() - size, 2 * extra), MAX_ROOM);
      }
    };
    const outcome = await this.#versions.negotiate(struct, attempt, () => this.#calls.record(name, 0));
    const { returned, buffer, size } = outcome;
    const protocol = expected.find((code) => code === returned);
    this.#calls.record(name, protocol === undefined ? returned : 0);
    if (protocol !== undefined) return protocol;
    if (returned !== 0) throw new CallError(name, returned);
    if (unwritten.every((offset) => buffer.readUInt32LE(offset) === UNWRITTEN)) {
      throw new BadAnswer(name, `${name} reported success and wrote nothing`);
    }
    return new StructReader(buffer, 0, size);
  }

  /** One call; its return value is left to the caller to record, unless it comes when nobody waits for it any more. */
  async call(
    name: RasFunction,
    args: readonly Argument[],
    signal: AbortSignal,
    ...protocol: readonly number[]
  ): Promise<number> {
    const call = await this.#library.bind(name);
    const start: StartCall<number> = (done) =>
      call(args, (error, answer) => {
        const returned = Number(answer);
        if (signal.aborted) this.#calls.record(name, protocol.includes(returned) ? 0 : returned);
        done(error, returned);
      });
    return this.#lane.run(name, start, signal);
  }
}
