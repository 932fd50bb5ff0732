/** What holds of every exposition, whatever Windows said. */
import { expect } from 'vitest';
import { parseExposition, type Series, seriesOf } from './exposition.ts';

const STATES = 8;

/**
 * Parses an exposition and expects it to be valid and not to contradict itself.
 *
 * Valid: well-formed text, every line a sample, no series twice. Consistent: `ras_up` is 0 or 1, every connection that is
 * shown is in exactly one state, and `ras_connections` counts those that are shown.
 */
export function consistentExposition(text: string): Series {
  expect(text.isWellFormed()).toBe(true);
  const series = parseExposition(text);
  expect([0, 1]).toContain(series.get('ras_up'));
  const shown = Object.keys(seriesOf(series, 'ras_connection_up')).length;
  const states = Object.values(seriesOf(series, 'ras_connection_state'));
  expect(states).toHaveLength(STATES * shown);
  expect(states.filter((value) => value === 1)).toHaveLength(shown);
  expect(states.filter((value) => value === 0)).toHaveLength((STATES - 1) * shown);
  const counts = Object.values(seriesOf(series, 'ras_connections'));
  expect(counts).toHaveLength(STATES);
  expect(counts.reduce((total, value) => total + value, 0)).toBe(shown);
  return series;
}
