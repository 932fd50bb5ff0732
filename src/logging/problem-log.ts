/**
 * Says once when something goes wrong, and once when it is right again: never a line per scrape.
 */
import type { CollectorResult } from '../collectors/run.ts';
import { CallError, CallTimeout, FunctionMissing } from '../ras/call-errors.ts';
import type { Logger } from './logger.ts';

/** Listens to results and logs what has changed since the one before. */
export function problemLog(log: Logger): (result: CollectorResult) => void {
  const known = new Map<string, ReadonlySet<string>>();
  const noteService = serviceLog(log);
  return ({ collector, problems, stopped }) => {
    noteService(collector, stopped);
    // It could not read anything, but for a reason that is no problem.
    if (stopped !== undefined && problems.length === 0) return;
    const before = known.get(collector) ?? new Set();
    const now = new Map(problems.map((problem) => [problemKey(problem), problem]));
    known.set(collector, new Set(now.keys()));
    for (const [key, problem] of now) {
      if (!before.has(key)) log.warn('Collector cannot read everything', { collector, err: problem.message });
    }
    if (before.size > 0 && now.size === 0) log.info('Collector reads everything again', { collector });
  };
}

/** Several collectors find the same service stopped: the first one says so, and the last one that it runs again. */
function serviceLog(log: Logger): (collector: string, stopped: string | undefined) => void {
  const stoppedFor = new Map<string, string>();
  const isKnown = (service: string) => [...stoppedFor.values()].includes(service);
  return (collector, stopped) => {
    const before = stoppedFor.get(collector);
    if (stopped !== undefined && !isKnown(stopped)) {
      log.info('Service is not running; nothing is asked that would start it', { service: stopped });
    }
    if (stopped === undefined) stoppedFor.delete(collector);
    else stoppedFor.set(collector, stopped);
    if (before !== undefined && !isKnown(before)) log.info('Service is running again', { service: before });
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
