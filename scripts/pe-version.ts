/** The version of a Windows program or library, as its resources say it. */

/** How VS_FIXEDFILEINFO begins: https://learn.microsoft.com/windows/win32/api/verrsrc/ns-verrsrc-vs_fixedfileinfo */
const SIGNATURE = Buffer.from([0xbd, 0x04, 0xef, 0xfe, 0x00, 0x00, 0x01, 0x00]);

/** @returns four numbers, like `22.23.3.0`; nothing when the file has no version */
export function versionOf(file: Buffer): string | undefined {
  if (file.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const start = file.indexOf(SIGNATURE);
  if (start < 0) return undefined;
  const number = (offset: number) => file.readUInt16LE(start + offset);
  return [number(10), number(8), number(14), number(12)].join('.');
}
