/**
 * The versions of promtool that the rules have to pass: the one that is installed (2.x on Debian 12), and Prometheus 3, which
 * `scripts/fetch-prometheus3.sh` puts into `build`.
 *
 * Without a mirror that has it, and in CI, which shall not depend on a Debian that moves on, tests under 3 are skipped.
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { isMissing } from './requirements.ts';

const root = resolve(import.meta.dirname, '../..');

/** Where the programs of Prometheus 3 are. */
export const PROMETHEUS_3 = join(root, 'build', 'prometheus3');

/** Name → program, for those that are there. */
export function promtools(): readonly (readonly [name: string, program: string])[] {
  if (isMissing('promtool')) return [];
  const installed = ['promtool', 'promtool'] as const;
  const fetched = hasPrometheus3();
  return fetched ? [installed, ['promtool 3', join(PROMETHEUS_3, 'promtool')]] : [installed];
}

function hasPrometheus3(): boolean {
  if (process.env.CI === 'true') return false;
  try {
    execFileSync(join(root, 'scripts', 'fetch-prometheus3.sh'), { stdio: 'pipe', timeout: 120_000 });
    return true;
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    console.warn(`Skipped: tests under Prometheus 3, which cannot be fetched: ${reason}`);
    return false;
  }
}
