/**
 * The protocol of RasEnumConnectionsW and RasEnumEntriesW: an array whose first dwSize chooses the version of the structure, a
 * size in bytes that goes in and out, a count that comes out, and 603 with the needed size when the array is too small.
 *
 * What exists may change between two calls, and what comes back may be anything.
 */

/** Calls the function; resolves with its return value. */
export type EnumCall = (buffer: Buffer, bytes: Buffer, count: Buffer) => Promise<number>;

/** How an enumeration ended. */
export interface Enumeration {
  /** The last return value; 0 when `buffer` holds `count` elements. */
  readonly returned: number;
  readonly buffer: Buffer;
  readonly count: number;
}

const ERROR_BUFFER_TOO_SMALL = 603;

/** Enough for all but the largest machines at the first call. */
const FIRST_CAPACITY = 16;

/** More connections or entries than a machine can have. */
const MAX_CAPACITY = 16_384;

/** Enumerates with elements of `stride` bytes. */
export async function enumerate(call: EnumCall, stride: number): Promise<Enumeration> {
  let capacity = FIRST_CAPACITY;
  for (;;) {
    const buffer = Buffer.alloc(capacity * stride);
    buffer.writeUInt32LE(stride);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(buffer.length);
    const count = Buffer.alloc(4);
    const returned = await call(buffer, bytes, count);
    const found = count.readUInt32LE();
    const tooSmall = returned === ERROR_BUFFER_TOO_SMALL || (returned === 0 && found > capacity);
    if (!tooSmall || capacity === MAX_CAPACITY) {
      return { returned, buffer, count: Math.min(found, capacity) };
    }
    const asked = returned === 0 ? found : Math.ceil(bytes.readUInt32LE() / stride);
    // One more than asked for, since one may have come meanwhile; and always more than before, whatever was asked for.
    capacity = Math.min(Math.max(asked + 1, 2 * capacity), MAX_CAPACITY);
  }
}
