/** The icon of the program and the installer. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { drawIcon } from '../../scripts/icon.ts';

const icon = drawIcon();

it('is what scripts/icon.ts draws (npm run icon)', () => {
  const drawn = readFileSync(resolve(import.meta.dirname, '../../installer/ras_exporter.ico'));
  expect(icon.equals(drawn)).toBe(true);
});

it('has the sizes that Windows asks for, each as a PNG', () => {
  const sizes = [16, 20, 24, 32, 48, 64, 256];
  expect([icon.readUInt16LE(2), icon.readUInt16LE(4)]).toEqual([1, sizes.length]);
  sizes.forEach((size, i) => {
    const at = 6 + 16 * i;
    const [length, offset] = [icon.readUInt32LE(at + 8), icon.readUInt32LE(at + 12)];
    const png = icon.subarray(offset, offset + length);
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    expect(png.subarray(-8, -4).toString('latin1')).toBe('IEND');
  });
});
