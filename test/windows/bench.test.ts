/** The bench itself: the double builds, loads through koffi on Linux and in node.exe on Wine, and does what its script says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import koffi from 'koffi';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accept, behave, buildDouble, connection, DoubleScript, errorString, status } from '../support/double.ts';
import { isMissing } from '../support/requirements.ts';
import { runScriptOnWine, WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';

const RASCONNW_SIZE = 1388;
const RASCONNSTATUSW_SIZE = 608;

const folder = mkdtempSync(join(tmpdir(), 'ras-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

const office = connection({
  handle: 0x1_0000_0007n,
  entry: 'Büro 東京',
  deviceType: 'vpn',
  entryId: '01234567-89ab-cdef-0123-456789abcdef',
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('the double on Linux', () => {
  let double: DoubleScript;
  let enumConnections: (buffer: Buffer | null, cb: number[], count: number[]) => number;
  let getConnectStatus: (handle: bigint, status: Buffer) => number;
  let getErrorString: (code: number, text: Buffer, characters: number) => number;
  let hangUp: (handle: bigint) => number;
  let scripts = 0;

  beforeAll(async () => {
    const library = koffi.load(await buildDouble('linux'));
    enumConnections = library.func(
      'uint32_t RasEnumConnectionsW(void *b, _Inout_ uint32_t *cb, _Inout_ uint32_t *count)',
    );
    getConnectStatus = library.func('uint32_t RasGetConnectStatusW(uint64_t handle, void *status)');
    getErrorString = library.func('uint32_t RasGetErrorStringW(uint32_t code, void *text, uint32_t characters)');
    hangUp = library.func('uint32_t RasHangUpW(uint64_t handle)');
  });

  beforeEach(() => {
    scripts += 1;
    double = new DoubleScript(join(folder, `linux-${scripts}`));
    Object.assign(process.env, double.env.linux);
  });

  /** Enumerates into a buffer for `room` elements of `size` bytes. */
  function enumerate(room: number, size = RASCONNW_SIZE) {
    const buffer = Buffer.alloc(room * size);
    buffer.writeUInt32LE(size);
    const cb = [buffer.length];
    const count = [0];
    return { returned: enumConnections(buffer, cb, count), cb: cb[0], count: count[0], buffer };
  }

  function statusOf(handle: bigint) {
    const buffer = Buffer.alloc(RASCONNSTATUSW_SIZE);
    buffer.writeUInt32LE(RASCONNSTATUSW_SIZE);
    return { returned: getConnectStatus(handle, buffer), state: buffer.readUInt32LE(4), error: buffer.readUInt32LE(8) };
  }

  test('has no connections without a script', () => {
    expect(enumerate(2)).toMatchObject({ returned: 0, cb: 0, count: 0 });
  });

  test('answers 603 with the needed bytes to a size query and to a buffer that is too small', () => {
    double.play(office, office);
    const cb = [0];
    expect(enumConnections(null, cb, [0])).toBe(603);
    expect(cb).toEqual([2 * RASCONNW_SIZE]);
    expect(enumerate(1)).toMatchObject({ returned: 603, cb: 2 * RASCONNW_SIZE });
  });

  test('writes a connection where Windows does', () => {
    double.play(office);
    const { returned, count, buffer } = enumerate(2);
    expect({ returned, count }).toEqual({ returned: 0, count: 1 });
    expect(buffer.readBigUInt64LE(4)).toBe(0x1_0000_0007n);
    expect(buffer.toString('utf16le', 12, 12 + 2 * 8)).toBe('Büro 東京\0');
    expect(buffer.toString('utf16le', 526, 526 + 2 * 4)).toBe('vpn\0');
    expect(buffer.toString('hex', 1344, 1360)).toBe('67452301ab89efcd0123456789abcdef');
  });

  test('knows the current structure only, unless the script accepts others, and strides by the size it was given', () => {
    double.play(office, office);
    expect(enumerate(2, 1372).returned).toBe(632);
    double.play(accept('RASCONNW', 1388, 1372), office, office);
    const { returned, buffer } = enumerate(2, 1372);
    expect(returned).toBe(0);
    expect(buffer.readBigUInt64LE(1372 + 4)).toBe(0x1_0000_0007n);
  });

  test('leaves a string that fills its field without a terminator', () => {
    double.play(connection({ handle: 1n, entry: '\ud800'.repeat(300), deviceType: 'x' }));
    expect(enumerate(1).buffer.readUInt16LE(524)).toBe(0xd800);
  });

  test('tells the status of a connection, and 6 for one that it does not know', () => {
    double.play(office, status({ handle: 2n, state: 0x2001, error: 809 }));
    expect(statusOf(0x1_0000_0007n)).toEqual({ returned: 0, state: 0x2000, error: 0 });
    expect(statusOf(2n)).toEqual({ returned: 0, state: 0x2001, error: 809 });
    expect(statusOf(3n).returned).toBe(6);
  });

  test('tells an error string, 122 when it does not fit, 87 when it has none', () => {
    double.play(errorString({ code: 809, text: 'Zeit um' }));
    const text = Buffer.alloc(32);
    expect(getErrorString(809, text, 16)).toBe(0);
    expect(text.toString('utf16le').split('\0')[0]).toBe('Zeit um');
    expect(getErrorString(809, text, 7)).toBe(122);
    expect(getErrorString(5, text, 16)).toBe(87);
  });

  test('misbehaves as often as it is told, and as it is told', () => {
    const garbage = Buffer.alloc(RASCONNW_SIZE, 0xee);
    double.play(
      office,
      behave({ function: 'RasEnumConnectionsW', count: 1, returns: 711 }),
      behave({ function: 'RasEnumConnectionsW', count: 1, writesNothing: true }),
      behave({ function: 'RasEnumConnectionsW', count: 1, raw: garbage, setCount: 1000 }),
      behave({ function: 'RasEnumConnectionsW', grow: 2 }),
      behave({ function: 'RasGetConnectStatusW', handle: 5n, returns: 668 }),
    );
    expect(enumerate(1)).toMatchObject({ returned: 711, cb: RASCONNW_SIZE, count: 0 });
    expect(enumerate(1)).toMatchObject({ returned: 0, cb: RASCONNW_SIZE, count: 0 });
    expect(enumerate(1)).toMatchObject({ returned: 0, count: 1000, buffer: garbage });
    expect(enumerate(1)).toMatchObject({ returned: 603, cb: 2 * RASCONNW_SIZE });
    expect(enumerate(2)).toMatchObject({ returned: 603, cb: 3 * RASCONNW_SIZE });
    expect(enumerate(1)).toMatchObject({ returned: 0, count: 1 });
    expect(statusOf(5n).returned).toBe(668);
    expect(statusOf(6n).returned).toBe(6);
  });

  test('never writes garbage beyond what it was offered, and the same garbage for the same seed', () => {
    const answers = [1, 1, 2].map((seed) => {
      double.play(office, behave({ function: 'RasEnumConnectionsW', fuzz: seed }));
      return Array.from({ length: 50 }, () => {
        const buffer = Buffer.alloc(RASCONNW_SIZE + 64, 0xaa);
        buffer.writeUInt32LE(RASCONNW_SIZE);
        const cb = [RASCONNW_SIZE];
        const count = [0];
        const returned = enumConnections(buffer, cb, count);
        expect(buffer.subarray(RASCONNW_SIZE)).toEqual(Buffer.alloc(64, 0xaa));
        return { returned, cb, count, buffer };
      });
    });
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).not.toEqual(answers[2]);
  });

  test('hangs until the script says otherwise, and returns late', async () => {
    double.play(office, behave({ function: 'RasEnumConnectionsW', hang: true }));
    const library = koffi.load(await buildDouble('linux'));
    const func = library.func('uint32_t RasEnumConnectionsW(void *b, _Inout_ uint32_t *cb, _Inout_ uint32_t *count)');
    const cb = [0];
    let returned: number | undefined;
    const call = new Promise<void>((done) => {
      func.async(null, cb, [0], (_error: unknown, result: number) => {
        returned = result;
        done();
      });
    });
    await expect.poll(() => double.readCalls().map((record) => record.returned)).toEqual([undefined]);
    expect(returned).toBeUndefined();
    double.play(office);
    await call;
    expect(returned).toBe(603);
    expect(double.readCalls().map((record) => record.returned)).toEqual([undefined, 603]);
  });

  test('keeps a log of what it was asked, and of every function that changes something', () => {
    double.play(office);
    statusOf(0x1_0000_0007n);
    hangUp(1n);
    const [query, changed] = double.readCalls();
    expect(query).toMatchObject({ function: 'RasGetConnectStatusW', returned: 0, inFlight: 1 });
    expect(query?.arguments.get('handle')).toBe('0x100000007');
    expect(changed?.function).toBe('RasHangUpW');
  });

  test('can lack a function', async () => {
    const library = koffi.load(await buildDouble('linux', ['RasGetConnectStatusW']));
    expect(() => library.func('uint32_t RasGetConnectStatusW(uint64_t handle, void *status)')).toThrow();
    expect(() => library.func('uint32_t RasGetErrorStringW(uint32_t code, void *t, uint32_t n)')).not.toThrow();
  });
});

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))('node.exe on Wine', () => {
  const script = resolve(import.meta.dirname, 'enumerate.cjs');
  const double = new DoubleScript(join(folder, 'wine'));

  test.for(['rasapi32.dll', 'C:\\Windows\\System32\\rasapi32.dll'])(
    'loads the double as %s',
    { timeout: WINE_SETUP_TIMEOUT_MS },
    async (library) => {
      double.play(office);
      const { exitCode, log } = await runScriptOnWine(script, { dll: 'double', args: [library], env: double.env.wine });
      expect(log.trim()).toBe('{"returned":0,"count":1,"handle":"0x100000007","entry":"Büro 東京"}');
      expect(exitCode).toBe(0);
      expect(double.readCalls().at(-1)).toMatchObject({ function: 'RasEnumConnectionsW', returned: 0 });
    },
  );

  test("loads Wine's own rasapi32.dll, which has no connections", { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    const args = ['C:\\Windows\\System32\\rasapi32.dll'];
    const { log } = await runScriptOnWine(script, { dll: 'builtin', args, env: double.env.wine });
    expect(log.trim()).toBe('{"returned":0,"count":0,"handle":"0x0","entry":""}');
  });

  test('loads a double that lacks functions', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    const args = ['rasapi32.dll'];
    const { exitCode, log } = await runScriptOnWine(script, { dll: { without: ['RasEnumConnectionsW'] }, args });
    expect(log).toContain("Cannot find function 'RasEnumConnectionsW' in shared library");
    expect(exitCode).toBe(1);
  });
});
