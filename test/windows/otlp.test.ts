/** The packaged exporter on node.exe pushes: the files for it are in the package, and the machine says who it is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connection, DoubleScript, status } from '../support/double.ts';
import { type OtlpReceiver, pointsOf, startReceiver } from '../support/otlp-receiver.ts';
import { isMissing } from '../support/requirements.ts';
import { startOnWine, WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';

const SETTLES = { timeout: 20_000, interval: 100 };
const folder = mkdtempSync(join(tmpdir(), 'ras-wine-otlp-'));
const double = new DoubleScript(folder);

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))(
  'the exporter on Windows',
  { timeout: WINE_SETUP_TIMEOUT_MS },
  () => {
    let receiver: OtlpReceiver;
    beforeAll(async () => {
      double.play(connection({ handle: 1n, entry: 'Büro 東京' }), status({ handle: 1n }));
      receiver = await startReceiver();
    });
    afterAll(async () => {
      await receiver.close();
      rmSync(folder, { recursive: true });
    });

    it.each(['http/protobuf', 'http/json', 'grpc'] as const)(
      'pushes over %s, and a last time when it stops',
      async (protocol) => {
        const endpoint = protocol === 'grpc' ? receiver.grpc : receiver.http;
        const before = receiver.pushes.length;
        const exporter = await startOnWine({
          dll: 'double',
          env: double.env.wine,
          args: [`--otlp.endpoint=${endpoint}`, `--otlp.protocol=${protocol}`, '--otlp.interval=1h'],
        });
        try {
          await expect.poll(() => receiver.pushes.length, SETTLES).toBe(before + 1);
          const push = receiver.pushes.at(-1);
          expect(Object.entries(pointsOf(push, 'ras.connection.up'))).toEqual([
            [expect.stringContaining('"entry":"Büro 東京"'), 1],
          ]);
          expect(push?.resource).toMatchObject({
            'os.type': 'windows',
            'os.version': expect.stringMatching(/^10\.0\./),
            // MachineGuid, which Wine makes with a prefix.
            'host.id': expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
          });
          expect(await exporter.terminate()).toBe(0);
          expect(receiver.pushes.length).toBe(before + 2);
        } finally {
          exporter.stop();
        }
      },
    );
  },
);
