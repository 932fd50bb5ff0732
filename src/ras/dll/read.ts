/** Fields out of buffers that Windows filled, or says that it filled: nothing in them is trusted. */
import { SocketAddress } from 'node:net';
import type { Field } from './layout.ts';

/** One structure inside a buffer; `size` is the dwSize that was given, beyond which nothing was written. */
export class StructReader {
  readonly #buffer: Buffer;
  readonly #start: number;
  readonly #size: number;

  constructor(buffer: Buffer, start: number, size: number) {
    this.#buffer = buffer;
    this.#start = start;
    this.#size = size;
  }

  /** A structure inside this one. */
  part(field: Field): StructReader {
    return new StructReader(this.#buffer, this.#start + field.offset, this.#has(field) ? field.size : 0);
  }

  /** A DWORD; 0 when the structure is of an older version without it. */
  dword(field: Field): number {
    return this.#has(field) ? this.#buffer.readUInt32LE(this.#start + field.offset) : 0;
  }

  /** A handle of pointer size. */
  handle(field: Field): bigint {
    const at = this.#start + field.offset;
    return field.size === 8 ? this.#buffer.readBigUInt64LE(at) : BigInt(this.#buffer.readUInt32LE(at));
  }

  /** A fixed-size UTF-16 string: up to its NUL, or all of it when there is none. Lone surrogates stay. */
  text(field: Field): string {
    if (!this.#has(field)) return '';
    const start = this.#start + field.offset;
    const end = start + field.size;
    let stop = start;
    while (stop < end && this.#buffer.readUInt16LE(stop) !== 0) stop += 2;
    return this.#buffer.toString('utf16le', start, stop);
  }

  /** `01234567-89ab-cdef-0123-456789abcdef`; empty when all zero. */
  guid(field: Field): string {
    if (!this.#has(field)) return '';
    const at = this.#start + field.offset;
    const bytes = this.#buffer;
    const rest = bytes.toString('hex', at + 8, at + 16);
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
    const text = [
      hex(bytes.readUInt32LE(at), 8),
      hex(bytes.readUInt16LE(at + 4), 4),
      hex(bytes.readUInt16LE(at + 6), 4),
      rest.slice(0, 4),
      rest.slice(4),
    ].join('-');
    return text === '00000000-0000-0000-0000-000000000000' ? '' : text;
  }

  /** Four bytes in network order, `10.0.0.2`; empty when all zero. */
  ipv4(field: Field): string {
    const bytes = this.#bytes(field);
    return bytes.every((byte) => byte === 0) ? '' : bytes.join('.');
  }

  /** Up to 16 bytes in network order, the last ones of an address that begins with `prefix`; empty when all zero. */
  ipv6(field: Field, prefix = ''): string {
    const bytes = this.#bytes(field);
    if (bytes.every((byte) => byte === 0)) return '';
    const hex = prefix.padEnd(32 - 2 * bytes.length, '0') + bytes.toString('hex');
    const address = hex.match(/.{4}/g)?.join(':') ?? '';
    return new SocketAddress({ address, family: 'ipv6' }).address;
  }

  #bytes(field: Field): Buffer {
    const at = this.#start + field.offset;
    return this.#buffer.subarray(at, this.#has(field) ? at + field.size : at);
  }

  #has(field: Field): boolean {
    return field.offset + field.size <= this.#size;
  }
}
