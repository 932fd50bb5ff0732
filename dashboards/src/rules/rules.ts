/** All rules, for a choice of thresholds. */
import { alerts } from './alerts.ts';
import { recordings } from './recordings.ts';
import type { Rules } from './rule.ts';
import { THRESHOLDS, type Thresholds } from './thresholds.ts';

export function rules(thresholds: Thresholds = THRESHOLDS): Rules {
  return { recordings: recordings(thresholds), alerts: alerts(thresholds) };
}
