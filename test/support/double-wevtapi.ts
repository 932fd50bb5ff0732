/**
 * What the double of wevtapi.dll says: makers of the lines of its script, for `DoubleScript` of `double.ts`.
 *
 * ```ts
 * double.play(event({ recordId: 7n, eventId: 20_227, data: ['{…}', 'alice', 'Office', '809'] }));
 * ```
 */
import type { EvtFunction } from '../../src/ras/wevtapi/prototypes.ts';
import { type Directive, directive, utf16Hex, type Value } from './double.ts';

const MS_FROM_1601_TO_1970 = 11_644_473_600_000n;

/** A property of every record, or EventData by position. */
export type Property = 'provider' | 'eventid' | 'time' | 'recordid' | `data${number}`;

/** An EVT_VARIANT as the script says it: a string, or type and value. */
export type Data = string | { readonly type: number; readonly value: bigint | number | Uint8Array };

interface Shape {
  /** Default `RasClient`. */
  readonly provider?: string;
  /** Default 20221. */
  readonly eventId?: number;
  readonly data?: readonly Data[];
  /** Of type NULL, of another type than they should be, and strings that point before or behind the buffer. */
  readonly null?: readonly Property[];
  readonly wrong?: readonly Property[];
  readonly outside?: readonly Property[];
  readonly behind?: readonly Property[];
  /** Last error of EvtRender for the system properties, and for EventData. */
  readonly systemFails?: number;
  readonly userFails?: number;
}

/** A record; `time` is Unix time in milliseconds, default 2024-01-01 and a second for every number. */
export function event(values: Shape & { readonly recordId: bigint | number; readonly time?: number }): Directive {
  return directive('event', { id: values.recordId, time: fileTime(values.time), ...shape(values) });
}

/** Many records with numbers in a row; of every `every`, all but one are another provider's. A second lies between two. */
export function events(
  values: Shape & {
    readonly count: number;
    readonly recordId: bigint | number;
    readonly time?: number;
    readonly every?: number;
  },
): Directive {
  const { count, recordId, time, every } = values;
  return directive('events', { count, id: recordId, time: fileTime(time), every, ...shape(values) });
}

/** The channel: its name when it is another one than any, or why it cannot be read. */
export function channel(values: { readonly name?: string; readonly returns?: number }): Directive {
  const name = values.name === undefined ? undefined : utf16Hex(values.name);
  return directive('channel', { name, ret: values.returns });
}

let behaviours = 0;

/** Fails and gives no reason: last error 0. */
export const NO_REASON = 0xffff_ffff;

/** Makes a function misbehave; `*` is every function. See `test/windows/double/README.md`. */
export function misbehave(values: {
  readonly function: EvtFunction | '*';
  /** Calls that are left alone before. */
  readonly after?: number;
  readonly count?: number;
  readonly delayMs?: number;
  readonly hang?: boolean;
  /** Last error. */
  readonly fails?: number;
  readonly writesNothing?: boolean;
  /** Seed. */
  readonly fuzz?: number;
  readonly setCount?: number;
  readonly setCb?: number;
}): Directive {
  behaviours += 1;
  return directive('behave', {
    function: values.function,
    after: values.after,
    count: values.count,
    delay_ms: values.delayMs,
    hang: values.hang,
    ret: values.fails,
    nowrite: values.writesNothing,
    fuzz: values.fuzz,
    set_count: values.setCount,
    set_cb: values.setCb,
    id: `${process.pid}-evt-${behaviours}`,
  });
}

/** The time of a record that `event` gives no time. */
export function timeOf(recordId: bigint | number): number {
  return Date.UTC(2024, 0, 1) + 1000 * Number(recordId);
}

function fileTime(time: number | undefined): bigint | undefined {
  return time === undefined ? undefined : (BigInt(time) + MS_FROM_1601_TO_1970) * 10_000n;
}

function shape(values: Shape): Record<string, Value> {
  const list = (properties: readonly Property[] | undefined) => properties?.join(',');
  return {
    provider: values.provider === undefined ? undefined : utf16Hex(values.provider),
    eventid: values.eventId,
    null: list(values.null),
    wrong: list(values.wrong),
    outside: list(values.outside),
    behind: list(values.behind),
    systemfails: values.systemFails,
    userfails: values.userFails,
    ...Object.fromEntries((values.data ?? []).map((data, index) => [`data${index}`, variant(data)])),
  };
}

function variant(data: Data): string {
  if (typeof data === 'string') return `1:${utf16Hex(data)}`;
  const { type, value } = data;
  return `${type}:${value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value}`;
}
