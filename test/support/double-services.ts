/** What the double of advapi32.dll says, and what its log proves. */
import type { Directive, DoubleCall } from './double.ts';
import { directive, utf16Hex } from './double.ts';

/** A service; those that no script names do not exist. */
export function service(values: {
  readonly name: string;
  /** dwCurrentState; default 4, running. */
  readonly state?: number;
}): Directive {
  return directive('service', { name: utf16Hex(values.name), state: values.state });
}

/** Handles that were opened, in their order, and those that were closed. */
export function handlesOf(calls: readonly DoubleCall[]): {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
} {
  const opened = calls.map((call) => call.arguments.get('opened')).filter((handle) => handle !== undefined);
  const closed = calls.filter((call) => call.function === 'CloseServiceHandle' && call.returned === 0);
  return {
    opened: opened.filter((handle) => handle !== '0x0'),
    closed: closed.map((call) => call.arguments.get('handle') ?? ''),
  };
}
