/** How values are shown: words and colours for states, and from where on a number is bad. */
import {
  MappingType,
  type ThresholdsConfig,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
  type ValueMappingResult,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ERROR_TABLE } from '../../src/ras/error-table.ts';
import { describeError } from '../../src/ras/errors.ts';
import { SERVICE_STATES, type ServiceState } from '../../src/ras/service-manager.ts';
import { CONNECTION_STATES, type ConnectionState } from '../../src/ras/states.ts';

/** Something that knows its thresholds. */
interface Thresholds {
  build(): ThresholdsConfig;
}

/** Value → text and colour. */
function words(options: Readonly<Record<string, ValueMappingResult>>): ValueMapping[] {
  return [{ type: MappingType.ValueToText, options: { ...options } }];
}

/** Of connections: 2 is one that is not up and need not be. */
export const UP_DOWN = words({
  0: { text: 'Down', color: 'red' },
  1: { text: 'Up', color: 'green' },
  2: { text: 'Not connected', color: 'text' },
});

/** Of targets: 2 is an exporter that is no target. */
export const SCRAPED = words({
  0: { text: 'Down', color: 'red' },
  1: { text: 'Up', color: 'green' },
  2: { text: 'Pushes', color: 'text' },
});

export const GOOD_YES = words({ 0: { text: 'No', color: 'red' }, 1: { text: 'Yes', color: 'green' } });

export const NEUTRAL_YES = words({ 0: { text: 'No', color: 'text' }, 1: { text: 'Yes', color: 'text' } });

export const LOADED = words({ 0: { text: 'Not loaded', color: 'orange' }, 1: { text: 'Loaded', color: 'green' } });

/** For timestamps of what may not have happened yet. */
export const NEVER = words({ 0: { text: 'Never', color: 'text' } });

/** For pushes: one that never arrived is not well. */
export const NEVER_PUSHED = words({ 0: { text: 'Never', color: 'orange' } });

/**
 * For values that are error codes: HRESULTs as labels, logs and search boxes spell them. A connection that is down may have none, so
 * that none is not green.
 */
export const ERROR_CODES = words({
  0: { text: 'None', color: 'text' },
  ...Object.fromEntries(
    ERROR_TABLE.map(([number]) => [number, { text: describeError(number).code }] as const).filter(
      ([number, { text }]) => text !== String(number),
    ),
  ),
});

const STATE_COLORS: Readonly<Record<ConnectionState, string>> = {
  connected: 'green',
  reconnecting: 'yellow',
  dormant: 'semi-dark-orange',
  waiting: 'purple',
  authenticating: 'blue',
  connecting: 'light-blue',
  failed: 'red',
  disconnected: '#808080',
};

/** The states of a connection, in the order of their numbers. */
export const CONNECTION_STATE_NAMES: readonly string[] = CONNECTION_STATES;

/** Numbers of `stateNumber` → words. */
export const CONNECTION_STATE_WORDS = words(
  Object.fromEntries(CONNECTION_STATES.map((text, index) => [index, { text, color: STATE_COLORS[text], index }])),
);

const SERVICE_COLORS: Readonly<Record<ServiceState, string>> = {
  absent: '#808080',
  stopped: 'red',
  start_pending: 'light-blue',
  stop_pending: 'orange',
  running: 'green',
  continue_pending: 'light-blue',
  pause_pending: 'orange',
  paused: 'yellow',
};

/** The states of a service, in the order of their numbers. */
export const SERVICE_STATE_NAMES = Object.keys(SERVICE_STATES);

/** Numbers of `stateNumber` → words. */
export const SERVICE_STATE_WORDS = words(
  Object.fromEntries(
    Object.entries(SERVICE_COLORS).map(([text, color]) => {
      const index = SERVICE_STATE_NAMES.indexOf(text);
      return [index, { text, color, index }];
    }),
  ),
);

/**
 * A query for the number of the state that a one-hot metric says is the one: a timeline wants one series whose value changes,
 * not one series for each state.
 */
export function stateNumber(metric: string, matchers: string, states: readonly string[]): string {
  const each = states.map((state, index) => `${metric}{${matchers}, state="${state}"} * ${index}`);
  return `sum without (state) (\n  ${each.join('\n  or ')}\n)`;
}

/** Colours from values on; the first colour is that of all values below. */
export function steps(base: string, ...above: readonly (readonly [value: number, color: string])[]): Thresholds {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: base }, ...above.map(([value, color]) => ({ value, color }))]);
}

/** None is good, one is bad. */
export const ANY_IS_BAD = steps('green', [1, 'red']);

/** Of numbers that are neither good nor bad. */
export const NEUTRAL = steps('text');
