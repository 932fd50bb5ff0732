import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLogger } from '../../src/logging/logger.ts';

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
});
