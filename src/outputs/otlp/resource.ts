/** Who pushes. The detectors of the SDK are not used: on Windows they start a process (REG.exe), and their ids are random. */
import { createHash } from 'node:crypto';
import { hostname, platform, release } from 'node:os';
import { VERSION } from '../../version.ts';

/** For identifiers made of what a machine is called; from the semantic conventions of service.instance.id. */
const NAMESPACE = '4d63009a-8d0f-11ee-aad7-4c796ed8e320';

/**
 * The attributes of the resource.
 *
 * @param hostId what the machine calls itself, if that is known
 * @param said attributes that somebody set, which win
 */
export function resourceAttributes(
  hostId: string | undefined,
  said: Readonly<Record<string, string>>,
): Record<string, string> {
  const name = hostname();
  return {
    'service.name': 'ras_exporter',
    'service.version': VERSION,
    // With the name: machines that are copies of one image share an id.
    'service.instance.id': uuid5(NAMESPACE, `${hostId ?? ''}\n${name.toLowerCase()}`),
    'host.name': name,
    ...(hostId === undefined ? {} : { 'host.id': hostId }),
    'os.type': platform() === 'win32' ? 'windows' : platform(),
    'os.version': release(),
    ...said,
  };
}

/** https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5 */
function uuid5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  const bytes = hash.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
