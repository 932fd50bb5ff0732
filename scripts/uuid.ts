/** UUIDs that are made of names: the same name has the same one, on every machine and for ever. */
import { createHash } from 'node:crypto';

/** Ours: version 5 of `ras_exporter` in the name space of DNS. */
const NAMESPACE = Buffer.from('a7f7d02a315a56dcbbc453fff55690b5', 'hex');

/** Version 5 (RFC 9562) of a name, in lower case and without braces. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
