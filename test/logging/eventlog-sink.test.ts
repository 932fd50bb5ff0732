/** Lines into the event log, through the real calls, over a double of advapi32.dll. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEventLogSink } from '../../src/logging/eventlog/eventlog-sink.ts';
import { logInto, openLogger } from '../../src/logging/logger.ts';
import type { Sink } from '../../src/logging/sink.ts';
import { buildDouble } from '../support/double.ts';
import { EventLogDouble } from '../support/eventlog-double.ts';
import { endPrograms, startProgram } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-eventlog-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Longer than any call takes that does not hang. */
const SOON = { timeout: 5000 };

describe.skipIf(isMissing('gcc', 'stdio.h'))('the event log', () => {
  let path: string;
  let double: EventLogDouble;
  let sink: Sink;
  let complaints: string[];
  let tests = 0;

  beforeAll(async () => {
    path = await buildDouble('linux', [], 'advapi32');
  });
  beforeEach(() => {
    tests += 1;
    double = new EventLogDouble(join(folder, String(tests)));
    Object.assign(process.env, double.env);
    complaints = [];
    sink = openEventLogSink({ path, complain: (problem) => complaints.push(problem) });
  });
  afterEach(async () => {
    // A call that hangs would keep this process from ending.
    double.behave();
    await expect.poll(() => sink.busy, SOON).toBe(false);
  });

  const log = (level: 'debug' | 'info' = 'info', format: 'logfmt' | 'json' = 'logfmt') =>
    logInto(sink, { level, format });

  it('takes lines of every level, with the event ids of windows_exporter, from one source', async () => {
    const all = log('debug');
    all.debug('looked', { n: 1 });
    all.info('Büro 東京 is up');
    all.warn('careful');
    all.error('failed', { err: 'a b' });
    await all.close(5000);
    expect(double.records.map(({ type, id, text }) => [type, id, text])).toEqual([
      [4, 100, 'msg=looked n=1'],
      [4, 100, 'msg="Büro 東京 is up"'],
      [2, 101, 'msg=careful'],
      [1, 102, 'msg=failed err="a b"'],
    ]);
    expect(new Set(double.records.map(({ source }) => source)).size).toBe(1);
    expect(double.calls).toEqual(['RegisterEventSourceW', ...Array(4).fill('ReportEventW'), 'DeregisterEventSource']);
    expect(complaints).toEqual([]);
  });

  it('takes JSON, too', async () => {
    const json = log('info', 'json');
    json.info('x', { entry: 'a"b' });
    await json.close(5000);
    expect(JSON.parse(double.records[0]?.text ?? '')).toEqual({ msg: 'x', entry: 'a"b' });
  });

  it('is given nothing that the event viewer would put another text in place of, and no more than it shows', async () => {
    const hostile = log();
    hostile.info('x', { entry: '%1 100% %%2 \0 end' });
    hostile.info('y'.repeat(40_000));
    await hostile.close(5000);
    expect(double.records[0]?.text).toBe('msg=x entry="\\u00251 100% \\u0025\\u00252 \\u0000 end"');
    expect(double.records[1]?.length).toBe(8001);
  });

  it('that hangs keeps nobody waiting, has one call in flight, and is told later how many lines were lost', async () => {
    double.behave('function=ReportEventW hang=1');
    const waiting = log();
    for (let line = 0; line < 2000; line += 1) waiting.info('line', { line });
    await expect.poll(() => double.calls.includes('ReportEventW'), SOON).toBe(true);
    expect(waiting.busy).toBe(true);
    const asked = performance.now();
    await waiting.close(200);
    expect(performance.now() - asked).toBeLessThan(1500);
    expect(double.calls).toEqual(['RegisterEventSourceW', 'ReportEventW']);

    double.behave();
    await expect.poll(() => double.records.length, { timeout: 15_000 }).toBeGreaterThan(500);
    await waiting.close(10_000);
    waiting.info('again');
    await waiting.close(10_000);
    const texts = double.records.map(({ text }) => text);
    const kept = texts.filter((text) => text.startsWith('msg=line')).length;
    // One is in flight or about to be; the others wait.
    expect(kept).toBeGreaterThanOrEqual(512);
    expect(kept).toBeLessThanOrEqual(513);
    expect(texts.slice(-2)).toEqual([`msg="Lines of the log were lost" count=${2000 - kept}`, 'msg=again']);
  });

  it.each([
    ['', 1],
    ['function=ReportEventW hang=1', 0],
  ])('does not keep the process from its end: %s', async (behaviour, taken) => {
    double.behave(...(behaviour === '' ? [] : [behaviour]));
    const script = resolve(import.meta.dirname, '../support/log-and-leave.ts');
    const program = startProgram(process.execPath, [script, path], { env: double.env });
    const ended = await Promise.race([program.ended, sleep(10_000, undefined, { ref: false })]);
    await endPrograms();
    expect(ended).toMatchObject({ exitCode: 0 });
    expect(double.calls.filter((name) => name === 'ReportEventW')).toHaveLength(1);
    expect(double.records).toHaveLength(taken);
  });

  it('that refuses records is complained about once, registered anew, and told what was lost', async () => {
    double.behave('function=ReportEventW ret=0');
    const refused = log();
    refused.info('one');
    refused.info('two');
    await expect.poll(() => double.calls.filter((name) => name === 'DeregisterEventSource').length, SOON).toBe(2);
    expect(complaints).toEqual([expect.stringMatching(/^ReportEventW returned 1722 /)]);
    double.behave();
    await refused.close(5000);
    refused.info('three');
    await refused.close(5000);
    expect(double.records.map(({ id, text }) => [id, text])).toEqual([
      [101, 'msg="Lines of the log were lost" count=2'],
      [100, 'msg=three'],
    ]);
    expect(double.calls.filter((name) => name === 'RegisterEventSourceW')).toHaveLength(3);
  });

  it('that cannot be opened is complained about', async () => {
    double.behave('function=RegisterEventSourceW ret=0');
    const closed = log();
    closed.info('one');
    await closed.close(5000);
    expect(complaints).toEqual([expect.stringMatching(/^RegisterEventSourceW returned 1722 /)]);
    expect(double.records).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('where there is no Windows', () => {
  it('the event log is refused with what would be right', () => {
    expect(() => openLogger({ level: 'info', format: 'logfmt', file: 'eventlog' })).toThrow(
      '--log.file: eventlog is the one of Windows; here it must be stderr, stdout or the path of a file',
    );
  });
});
