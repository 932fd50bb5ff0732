/** What Prometheus' own engine answers about series that a test makes up. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runPromtool } from './promtool.ts';

export interface Question {
  readonly expr: string;
  /** The sum of what is found; absent: nothing is found. */
  readonly sum: number | undefined;
}

export interface Past {
  /** Series → samples, one a minute, as `promtool test rules` writes them. */
  readonly series: Readonly<Record<string, string>>;
  /** The minute of the questions. */
  readonly minute: number;
  readonly ruleFiles?: readonly string[];
}

/** Asks all questions, and expects all answers. */
export async function expectAnswers(
  { series, minute, ruleFiles = [] }: Past,
  questions: readonly Question[],
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ras-answers-'));
  const test = {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: questions.map(({ expr, sum }) => ({
      expr: `sum(${expr})`,
      eval_time: `${minute}m`,
      exp_samples: sum === undefined ? [] : [{ value: sum }],
    })),
  };
  const file = join(folder, 'test.yaml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ rule_files: ruleFiles, evaluation_interval: '1m', tests: [test] }));
  const { exitCode, said } = await runPromtool(['test', 'rules', file]);
  rmSync(folder, { recursive: true });
  expect(exitCode, said).toBe(0);
}
