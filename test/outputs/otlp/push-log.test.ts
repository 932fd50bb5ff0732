import { describe, expect, it } from 'vitest';
import { PushLog } from '../../../src/outputs/otlp/push-log.ts';
import { memoryLog } from '../../support/memory-log.ts';

const WELL = { outcome: 'success', kind: '', text: '' } as const;
const ill = (kind: string) => ({ outcome: 'failure', kind, text: kind }) as const;

describe('pushes that go well and wrong by turns', () => {
  it('are heard of ten times, and then once a minute, with what holds at that time', () => {
    const log = memoryLog();
    let now = 0;
    const pushLog = new PushLog(log, () => now);
    // 0.1 s apart, always the other way round.
    for (let times = 0; times < 1000; times += 1) {
      pushLog.tell(times % 2 === 0 ? ill('HTTP 500') : WELL);
      now += 100;
    }
    // 100 s later: the first ten, and one of the first minute.
    expect(log.lines).toHaveLength(11);
    now += 60_000;
    pushLog.tell(ill('HTTP 500'));
    pushLog.tell(WELL);
    now += 60_000;
    pushLog.tell(WELL);
    expect(log.lines.at(-1)?.message).toBe('OTLP push works again');
  });

  it('are heard of whenever the problem is another one', () => {
    const log = memoryLog();
    const pushLog = new PushLog(log, () => 0);
    for (const kind of ['HTTP 401', 'HTTP 401', 'HTTP 403', 'ECONNREFUSED']) pushLog.tell(ill(kind));
    expect(log.lines.map(({ fields }) => fields?.err)).toEqual(['HTTP 401', 'HTTP 403', 'ECONNREFUSED']);
  });
});
