/**
 * `npm run icon`: `installer/ras_exporter.ico`, drawn here, so that it can be changed where it is defined.
 *
 * Two ends and the pulse between them: a connection that is watched.
 */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const SIZES = [16, 20, 24, 32, 48, 64, 256] as const;

/** Samples for each side of a pixel. */
const SAMPLES = 4;

type Point = readonly [x: number, y: number];
type Colour = readonly [red: number, green: number, blue: number];

const TOP: Colour = [0x1f, 0x8f, 0xd6];
const BOTTOM: Colour = [0x0b, 0x3f, 0x86];
const WHITE: Colour = [0xff, 0xff, 0xff];

/** Everything is drawn in a square of side 1, y downwards. */
const MARGIN = 0.02;
const CORNER = 0.2;
const ENDS: readonly Point[] = [
  [0.19, 0.54],
  [0.81, 0.54],
];
const END_RADIUS = 0.105;
const PULSE: readonly Point[] = [
  [0.19, 0.54],
  [0.37, 0.54],
  [0.46, 0.22],
  [0.57, 0.79],
  [0.65, 0.54],
  [0.81, 0.54],
];
const STROKE = 0.085;

function isInSquare([x, y]: Point): boolean {
  const half = 0.5 - MARGIN;
  const beyond = (value: number) => Math.max(Math.abs(value - 0.5) - (half - CORNER), 0);
  return Math.hypot(beyond(x), beyond(y)) <= CORNER;
}

function distanceToSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0), 1);
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

function isInSign(point: Point): boolean {
  if (ENDS.some(([x, y]) => Math.hypot(point[0] - x, point[1] - y) <= END_RADIUS)) return true;
  return PULSE.slice(1).some((to, i) => distanceToSegment(point, PULSE[i] ?? to, to) <= STROKE / 2);
}

/** The colour of a point, or nothing outside the square. */
function colourAt(point: Point): Colour | undefined {
  if (!isInSquare(point)) return undefined;
  if (isInSign(point)) return WHITE;
  const mix = (i: 0 | 1 | 2) => TOP[i] + (BOTTOM[i] - TOP[i]) * point[1];
  return [mix(0), mix(1), mix(2)];
}

/** Red, green, blue and opacity of a pixel, 0 to 255. */
function pixel(column: number, row: number, size: number): readonly number[] {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const x = (column + ((i % SAMPLES) + 0.5) / SAMPLES) / size;
    const y = (row + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES) / size;
    const colour = colourAt([x, y]);
    if (colour === undefined) continue;
    covered++;
    colour.forEach((value, channel) => {
      sum[channel] = (sum[channel] ?? 0) + value;
    });
  }
  const colour = sum.map((value) => Math.round(value / Math.max(covered, 1)));
  return [...colour, Math.round((255 * covered) / (SAMPLES * SAMPLES))];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** The icon in one size, as a PNG with 8 bits for each of four channels. */
function drawPng(size: number): Buffer {
  const rows = Array.from({ length: size }, (_, row) => [
    0, // no filter
    ...Array.from({ length: size }).flatMap((_pixel, column) => pixel(column, row, size)),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** An .ico file of PNGs, which Windows reads since Vista. */
export function drawIcon(): Buffer {
  const images = SIZES.map((size) => ({ size, png: drawPng(size) }));
  const directory = Buffer.alloc(6 + 16 * images.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(images.length, 4);
  let offset = directory.length;
  images.forEach(({ size, png }, i) => {
    const at = 6 + 16 * i;
    // 0 stands for 256.
    directory.set([size % 256, size % 256, 0, 0, 1, 0, 32, 0], at);
    directory.writeUInt32LE(png.length, at + 8);
    directory.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([directory, ...images.map(({ png }) => png)]);
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(join(dirname(import.meta.dirname), 'installer/ras_exporter.ico'), drawIcon());
}
