/** The time that a build says it was made at. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';

const root = dirname(import.meta.dirname);

/** Of the commit, as other tools take it: https://reproducible-builds.org/specs/source-date-epoch/ */
export function sourceDate(): Date {
  const options = { cwd: root, encoding: 'utf8' } as const;
  const seconds = process.env.SOURCE_DATE_EPOCH ?? execFileSync('git', ['log', '-1', '--format=%ct'], options);
  const date = new Date(Number(seconds) * 1000);
  if (seconds.trim() === '' || Number.isNaN(date.getTime())) throw new Error('SOURCE_DATE_EPOCH is not a number');
  return date;
}
