/**
 * Says once when something goes wrong, and once when it is right again: never a line per scrape.
 */
import type { CollectorResult } from '../collectors/run.ts';
import { CallError, CallTimeout, FunctionMissing } from '../ras/call-errors.ts';
import type { Logger } from './logger.ts';

/** Listens to results and logs what has changed since the one before. */
export function problemLog(log: Logger): (result: CollectorResult) => void {
  const known = new Map<string, ReadonlySet<string>>();
  return ({ collector, problems }) => {
    const before = known.get(collector) ?? new Set();
    const now = new Map(problems.map((problem) => [problemKey(problem), problem]));
    known.set(collector, new Set(now.keys()));
    for (const [key, problem] of now) {
      if (!before.has(key)) log.warn('Collector cannot read everything', { collector, err: problem.message });
    }
    if (before.size > 0 && now.size === 0) log.info('Collector reads everything again', { collector });
  };
}

/** The same for the same problem, however long it lasts and whichever connection it concerns. */
function problemKey(problem: Error): string {
  if (problem instanceof CallError) return `${problem.function} ${problem.code}`;
  // The call that hangs and the calls refused because of it are one problem.
  if (problem instanceof CallTimeout) return 'timeout';
  if (problem instanceof FunctionMissing) return `${problem.function} missing`;
  return problem.message;
}
