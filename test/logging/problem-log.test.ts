import { describe, expect, it } from 'vitest';
import type { CollectorResult } from '../../src/collectors/run.ts';
import type { LogFields } from '../../src/logging/logger.ts';
import { problemLog } from '../../src/logging/problem-log.ts';

function listen() {
  const lines: string[] = [];
  const at = (level: string) => (message: string, fields?: LogFields) =>
    void lines.push([level, message, ...Object.values(fields ?? {}).map(String)].join(' '));
  const hear = problemLog({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') });
  const result = (collector: string, part: Partial<CollectorResult> = {}) =>
    hear({ collector, families: [], problems: [], stopped: undefined, timedOut: false, seconds: 0, ...part });
  return { lines, result };
}

const STOPPED = { stopped: 'RasMan' };

describe('the log', () => {
  it('says once that a service is stopped, and once that it is running again, however many collectors find out', () => {
    const { lines, result } = listen();
    for (let scrape = 0; scrape < 3; scrape += 1) {
      result('connections', STOPPED);
      result('phonebook', STOPPED);
      result('manager');
    }
    expect(lines).toEqual(['info Service is not running; nothing is asked that would start it RasMan']);
    for (let scrape = 0; scrape < 3; scrape += 1) {
      result('connections');
      result('phonebook');
    }
    expect(lines.slice(1)).toEqual(['info Service is running again RasMan']);
  });

  it('does not take a stopped service for the end of a problem', () => {
    const { lines, result } = listen();
    result('connections', { problems: [new Error('broken')] });
    result('connections', STOPPED);
    expect(lines.some((line) => line.includes('reads everything again'))).toBe(false);
    result('connections');
    expect(lines.at(-1)).toBe('info Collector reads everything again connections');
  });
});
