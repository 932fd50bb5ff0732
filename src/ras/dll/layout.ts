/**
 * Layout of C structures as ras.h lays them out: natural alignment, but never more than 4 bytes (`#include <pshpack4.h>`), so
 * that 8-byte handles stand on 4-byte boundaries on 64-bit Windows.
 */

/** Size and natural alignment of a type, in bytes. */
export interface FieldType {
  readonly size: number;
  readonly align: number;
}

export const DWORD: FieldType = { size: 4, align: 4 };
export const GUID: FieldType = { size: 16, align: 4 };
export const LUID: FieldType = { size: 8, align: 4 };
/** RASIPADDR: four bytes. */
export const IPV4: FieldType = { size: 4, align: 1 };
/** RASIPV6ADDR. */
export const IPV6: FieldType = { size: 16, align: 2 };

/** BYTE[n]. */
export function bytes(length: number): FieldType {
  return { size: length, align: 1 };
}

/** WCHAR[n]. */
export function wchar(length: number): FieldType {
  return { size: 2 * length, align: 2 };
}

/** A field's place. */
export interface Field {
  readonly offset: number;
  readonly size: number;
}

/** A structure with the places of its fields. */
export interface Layout<N extends string = string> {
  readonly name: string;
  readonly size: number;
  readonly fields: Readonly<Record<N, Field>>;
  /** dwSize of this and of older Windows, newest first: what to fall back to after ERROR_INVALID_SIZE. */
  readonly sizes: readonly number[];
}

const PACK = 4;

/** Lays out a structure. `olderSizes` are what older headers made of it, newest first. */
export function layout<N extends string>(
  name: string,
  types: Readonly<Record<N, FieldType>>,
  olderSizes: readonly number[] = [],
): Layout<N> {
  const fields: Partial<Record<N, Field>> = {};
  let end = 0;
  let align = 1;
  for (const key of keysOf(types)) {
    const type = types[key];
    const packed = Math.min(type.align, PACK);
    const offset = roundUp(end, packed);
    fields[key] = { offset, size: type.size };
    end = offset + type.size;
    align = Math.max(align, packed);
  }
  const size = roundUp(end, align);
  if (!isComplete(fields, types)) throw new Error(`incomplete layout of ${name}`);
  return Object.freeze({ name, size, fields, sizes: [size, ...olderSizes] });
}

function keysOf<N extends string>(record: Readonly<Record<N, unknown>>): N[] {
  return Object.keys(record).filter((key): key is N => key in record);
}

function isComplete<N extends string>(
  fields: Partial<Record<N, Field>>,
  types: Readonly<Record<N, FieldType>>,
): fields is Record<N, Field> {
  return keysOf(types).every((key) => key in fields);
}

function roundUp(offset: number, align: number): number {
  return Math.ceil(offset / align) * align;
}
