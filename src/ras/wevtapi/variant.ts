/**
 * EVT_VARIANT: what EvtRender writes, an array of 16 bytes each, with the strings behind it in the same buffer. The pointers
 * to them are not followed: what they point to is read out of the buffer, or not at all when it is not in it.
 * https://learn.microsoft.com/windows/win32/api/winevt/ns-winevt-evt_variant
 */
import { StructReader } from '../dll/read.ts';

/** Bytes of one EVT_VARIANT, on every platform: a union of 8 bytes, Count and Type. */
export const VARIANT_SIZE = 16;
const COUNT = 8;
const TYPE = 12;

const ARRAY = 0x80;

/** EVT_VARIANT_TYPE. */
const NULL = 0;
const STRING = 1;
const ANSI_STRING = 2;
const UINT16 = 6;
const UINT64 = 10;
const BINARY = 14;
const GUID = 15;
const FILETIME = 17;
const SYSTEMTIME = 18;
const SID = 19;
const EVT_HANDLE = 32;
const XML = 35;

const MS_FROM_1601_TO_1970 = 11_644_473_600_000n;
const TICKS_PER_MS = 10_000n;

/** What EvtRender wrote. */
export interface Rendered {
  readonly buffer: Buffer;
  /** Where the buffer lies: what pointers into it begin with. */
  readonly address: bigint;
  /** Bytes that were written. */
  readonly used: number;
  /** PropertyCount. */
  readonly count: number;
  readonly pointerSize: 4 | 8;
}

/** EVT_VARIANTs out of a buffer; nothing in it is trusted, and whatever makes no sense is `undefined`. */
export class Variants {
  readonly #rendered: Rendered;
  readonly #count: number;

  constructor(rendered: Rendered) {
    this.#rendered = rendered;
    this.#count = Math.min(rendered.count, Math.floor(rendered.used / VARIANT_SIZE));
  }

  /** How many there are; fewer than PropertyCount when so many cannot have been written. */
  get count(): number {
    return this.#count;
  }

  /** A string; `undefined` also for NULL. */
  string(index: number): string | undefined {
    return this.#type(index) === STRING ? this.text(index) : undefined;
  }

  uint16(index: number): number | undefined {
    return this.#type(index) === UINT16 ? this.#rendered.buffer.readUInt16LE(index * VARIANT_SIZE) : undefined;
  }

  uint64(index: number): bigint | undefined {
    return this.#type(index) === UINT64 ? this.#value(index) : undefined;
  }

  /** A FILETIME as Unix time in milliseconds. */
  time(index: number): number | undefined {
    return this.#type(index) === FILETIME ? unixTime(this.#value(index)) : undefined;
  }

  /** Whatever it is as text: numbers in digits, NULL and arrays empty. */
  text(index: number): string | undefined {
    const type = this.#type(index);
    if (type === undefined) return undefined;
    if (type === NULL || type === EVT_HANDLE || (type & ARRAY) !== 0) return '';
    const at = index * VARIANT_SIZE;
    const { buffer } = this.#rendered;
    const number = NUMBERS.get(type);
    if (number !== undefined) return number(buffer, at);
    switch (type) {
      case STRING:
      case XML:
        return this.#wide(index);
      case ANSI_STRING:
        return this.#narrow(index);
      case BINARY:
        return this.#pointed(index, buffer.readUInt32LE(at + COUNT))?.toString('hex');
      case GUID:
        return guidText(this.#pointed(index, 16));
      case SYSTEMTIME:
        return systemTimeText(this.#pointed(index, 16));
      case SID:
        return this.#sid(index);
      default:
        return undefined;
    }
  }

  #type(index: number): number | undefined {
    return index < this.#count ? this.#rendered.buffer.readUInt32LE(index * VARIANT_SIZE + TYPE) : undefined;
  }

  #value(index: number): bigint {
    return this.#rendered.buffer.readBigUInt64LE(index * VARIANT_SIZE);
  }

  /** Where in the buffer a pointer points to; `undefined` when it does not point into it. */
  #offset(index: number): number | undefined {
    const { buffer, address, used, pointerSize } = this.#rendered;
    const at = index * VARIANT_SIZE;
    const pointer = pointerSize === 8 ? buffer.readBigUInt64LE(at) : BigInt(buffer.readUInt32LE(at));
    const offset = pointer - address;
    return offset >= 0n && offset < BigInt(used) ? Number(offset) : undefined;
  }

  /** Bytes that a pointer points to; all of them must lie in the buffer. */
  #pointed(index: number, length: number): Buffer | undefined {
    const offset = this.#offset(index);
    const { buffer, used } = this.#rendered;
    return offset === undefined || offset + length > used ? undefined : buffer.subarray(offset, offset + length);
  }

  /** A UTF-16 string up to its NUL. */
  #wide(index: number): string | undefined {
    if (this.#value(index) === 0n) return '';
    const offset = this.#offset(index);
    if (offset === undefined) return undefined;
    const { buffer, used } = this.#rendered;
    for (let end = offset; end + 1 < used; end += 2) {
      if (buffer.readUInt16LE(end) === 0) return buffer.toString('utf16le', offset, end);
    }
    return undefined;
  }

  /** A string of bytes up to its NUL; its code page is unknown. */
  #narrow(index: number): string | undefined {
    if (this.#value(index) === 0n) return '';
    const offset = this.#offset(index);
    if (offset === undefined) return undefined;
    const { buffer, used } = this.#rendered;
    const end = buffer.indexOf(0, offset);
    return end < 0 || end >= used ? undefined : buffer.toString('latin1', offset, end);
  }

  /** `S-1-5-32-573`. */
  #sid(index: number): string | undefined {
    const head = this.#pointed(index, 8);
    const authorities = head?.readUInt8(1) ?? 0;
    const sid = this.#pointed(index, 8 + 4 * authorities);
    if (sid === undefined) return undefined;
    const rest = Array.from({ length: authorities }, (_, number) => sid.readUInt32LE(8 + 4 * number));
    return ['S', sid.readUInt8(0), sid.readUIntBE(2, 6), ...rest].join('-');
  }
}

/** The types that stand in the variant itself. */
const NUMBERS: ReadonlyMap<number, (buffer: Buffer, at: number) => string> = new Map([
  [3, (buffer, at) => String(buffer.readInt8(at))],
  [4, (buffer, at) => String(buffer.readUInt8(at))],
  [5, (buffer, at) => String(buffer.readInt16LE(at))],
  [UINT16, (buffer, at) => String(buffer.readUInt16LE(at))],
  [7, (buffer, at) => String(buffer.readInt32LE(at))],
  [8, (buffer, at) => String(buffer.readUInt32LE(at))],
  [9, (buffer, at) => String(buffer.readBigInt64LE(at))],
  [UINT64, (buffer, at) => String(buffer.readBigUInt64LE(at))],
  [11, (buffer, at) => String(buffer.readFloatLE(at))],
  [12, (buffer, at) => String(buffer.readDoubleLE(at))],
  [13, (buffer, at) => String(buffer.readUInt32LE(at) !== 0)],
  // size_t.
  [16, (buffer, at) => String(buffer.readBigUInt64LE(at))],
  [FILETIME, (buffer, at) => isoTime(unixTime(buffer.readBigUInt64LE(at)))],
  [20, (buffer, at) => `0x${buffer.readUInt32LE(at).toString(16)}`],
  [21, (buffer, at) => `0x${buffer.readBigUInt64LE(at).toString(16)}`],
]);

function unixTime(ticks: bigint): number {
  return Number(ticks / TICKS_PER_MS - MS_FROM_1601_TO_1970);
}

/** Empty for what is no time. */
function isoTime(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function guidText(bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  return `{${new StructReader(bytes, 0, bytes.length).guid({ offset: 0, size: 16 })}}`;
}

/** SYSTEMTIME: year, month, day of the week, day, hours, minutes, seconds, milliseconds. */
function systemTimeText(bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const part = (index: number) => bytes.readUInt16LE(2 * index);
  return isoTime(Date.UTC(part(0), part(1) - 1, part(3), part(4), part(5), part(6), part(7)));
}
