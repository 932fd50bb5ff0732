import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logInto, openLogger } from '../../src/logging/logger.ts';
import type { Sink } from '../../src/logging/sink.ts';

function logged(
  format: 'logfmt' | 'json',
  write: (log: ReturnType<typeof openLogger>) => void,
  level = 'info' as const,
) {
  const file = join(mkdtempSync(join(tmpdir(), 'ras_exporter-log-')), 'log');
  write(openLogger({ level, format, file }));
  return readFileSync(file, 'utf8');
}

describe('the log', () => {
  it('writes logfmt, quoted where it has to be', () => {
    const text = logged('logfmt', (log) =>
      log.warn('Two words', { plain: 'a', path: 'C:\\x', quote: 'a "b"', empty: '', count: 3, not: undefined }),
    );
    expect(text).toMatch(
      /^time=\d{4}-\d\d-\d\dT[\d:.]+Z level=warn msg="Two words" plain=a path="C:\\\\x" quote="a \\"b\\"" empty="" count=3\n$/,
    );
  });

  it('writes JSON', () => {
    expect(JSON.parse(logged('json', (log) => log.info('x', { count: 3, flag: true })))).toMatchObject({
      level: 'info',
      msg: 'x',
      count: 3,
      flag: true,
    });
  });

  it('has one line per event, with nothing in it that a terminal would obey', () => {
    for (const format of ['logfmt', 'json'] as const) {
      const text = logged(format, (log) =>
        log.info('a\nlevel=error', { entry: 'x\u001b[31m\r\n\u2028\u202e y\ud800' }),
      );
      expect(text.split('\n')).toHaveLength(2);
      expect(text).not.toMatch(/\p{Cc}(?!$)/u);
      expect(text.isWellFormed()).toBe(true);
    }
  });

  it('leaves out what is below its level', () => {
    const text = logged('logfmt', (log) => {
      log.debug('d');
      log.info('i');
      log.error('e');
    });
    expect(text.match(/msg=\w/g)).toEqual(['msg=i', 'msg=e']);
  });

  it('cannot be opened where there is no such folder', () => {
    expect(() => openLogger({ level: 'info', format: 'json', file: '/nonexistent/log' })).toThrow('ENOENT');
  });

  it('escapes in JSON, too, and what is read back is what was written', () => {
    const entry = '"}\n{"level":"error"\u2028\u202e\u009b31m\\';
    const text = logged('json', (log) => log.info('x', { entry }));
    expect(text).not.toMatch(/[\p{Cc}\u2028\u202e](?!$)/u);
    expect(JSON.parse(text)).toMatchObject({ msg: 'x', entry });
  });

  it('writes every level in both formats', () => {
    for (const format of ['logfmt', 'json'] as const) {
      const file = join(mkdtempSync(join(tmpdir(), 'ras_exporter-log-')), 'log');
      const log = openLogger({ level: 'debug', format, file });
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]('x');
      const levels = [...readFileSync(file, 'utf8').matchAll(/level"?[=:]"?(\w+)/g)].map(([, level]) => level);
      expect(levels).toEqual(['debug', 'info', 'warn', 'error']);
    }
  });

  it('follows its level and its format while it is open', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'ras_exporter-log-')), 'log');
    const options: { level: 'info' | 'warn'; format: 'logfmt' | 'json'; file: string } = {
      level: 'warn',
      format: 'logfmt',
      file,
    };
    const log = openLogger(options);
    log.info('a');
    options.level = 'info';
    log.info('b');
    options.format = 'json';
    log.info('c');
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    expect(lines).toEqual([expect.stringMatching(/ msg=b$/), expect.stringMatching(/"msg":"c"\}$/)]);
  });
});

describe('a log file', () => {
  const open = () => {
    const folder = mkdtempSync(join(tmpdir(), 'ras_exporter-log-'));
    const file = join(folder, 'log');
    return { folder, file, log: openLogger({ level: 'info', format: 'logfmt', file }) };
  };
  const messages = (file: string) => [...readFileSync(file, 'utf8').matchAll(/msg=(\w+)/g)].map(([, word]) => word);

  it('is made anew when it is rotated away or removed', () => {
    const { file, log } = open();
    log.info('one');
    renameSync(file, `${file}.1`);
    log.info('two');
    appendFileSync(`${file}.1`, '');
    expect([messages(`${file}.1`), messages(file)]).toEqual([['one'], ['two']]);
    rmSync(file);
    log.info('three');
    expect(messages(file)).toEqual(['three']);
  });

  it('goes on where it was while no new one can be made', () => {
    const { folder, file, log } = open();
    renameSync(folder, `${folder}.away`);
    log.info('one');
    expect(messages(`${folder}.away/log`)).toEqual(['one']);
    mkdirSync(folder);
    log.info('two');
    expect(messages(file)).toEqual(['two']);
  });

  it('that is full loses lines, and neither throws nor waits', () => {
    const log = openLogger({ level: 'info', format: 'logfmt', file: '/dev/full' });
    for (let line = 0; line < 100; line += 1) log.error('x');
  });
});

describe('lines that are lost', () => {
  it('are counted, and said when the log takes lines again', () => {
    const taken: string[] = [];
    let full = false;
    const sink: Sink = {
      dated: true,
      busy: false,
      write: (_, line) => {
        if (!full) taken.push(line);
        return !full;
      },
      takeLost: () => 0,
      close: () => Promise.resolve(),
    };
    const log = logInto(sink, { level: 'info', format: 'logfmt' });
    log.info('one');
    full = true;
    for (let line = 0; line < 3; line += 1) log.info('lost');
    full = false;
    log.info('two');
    log.info('three');
    expect(taken).toEqual(['msg=one', 'msg="Lines of the log were lost" count=3', 'msg=two', 'msg=three']);
  });
});
