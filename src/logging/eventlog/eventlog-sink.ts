/**
 * Lines into the event log of Windows: log Application, source `ras_exporter`.
 *
 * Each is a call into a service (RPC) that may not return. So the calls are asynchronous, in a lane of their own, behind a queue
 * that does not grow: what finds it full is lost, and counted.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallError } from '../../ras/call-errors.ts';
import { callInLane } from '../../ras/dll/lane-call.ts';
import { type Argument, Library } from '../../ras/dll/library.ts';
import { systemDll } from '../../ras/dll/system-dll.ts';
import { Lane } from '../../ras/lane.ts';
import type { Level, Sink } from '../sink.ts';
import { EVENT_LOG_PROTOTYPES, type EventLogFunction } from './prototypes.ts';

/** Under which the event viewer shows the records. */
const SOURCE = 'ras_exporter';

/** EVENTLOG_…_TYPE and event id by level: the ids are those of windows_exporter. */
const KINDS: Readonly<Record<Level, { readonly type: number; readonly id: number }>> = {
  debug: { type: 4, id: 100 },
  info: { type: 4, id: 100 },
  warn: { type: 2, id: 101 },
  error: { type: 1, id: 102 },
};

/** Lines that wait; more than a start or a scrape full of news writes. */
const MOST_WAITING = 512;

/** A record takes 31 839 characters; the viewer is not made for so many. */
const LONGEST = 8000;

/** Nobody waits for a line: the queue does, for as long as the call takes. */
const FOREVER = new AbortController().signal;

export interface EventLogOptions {
  /** Path of the DLL; default `advapi32.dll` in the system directory of Windows. */
  readonly path?: string;
  /** Is told once when the event log cannot be written. */
  readonly complain?: (problem: string) => void;
}

/** Calls nothing yet: the source is registered with the first line. */
export function openEventLogSink({ path, complain = complainOnStderr }: EventLogOptions = {}): Sink {
  const library = new Library<EventLogFunction>(
    EVENT_LOG_PROTOTYPES,
    (koffi) => path ?? systemDll(koffi, 'advapi32.dll'),
  );
  return new EventLogSink(library, complain);
}

interface Line {
  readonly level: Level;
  readonly text: string;
}

class EventLogSink implements Sink {
  readonly dated = true;
  readonly #library: Library<EventLogFunction>;
  readonly #complain: (problem: string) => void;
  readonly #lane = new Lane();
  readonly #queue: Line[] = [];
  #pumping: Promise<void> | undefined;
  #source = 0n;
  #lost = 0;
  #complained = false;

  constructor(library: Library<EventLogFunction>, complain: (problem: string) => void) {
    this.#library = library;
    this.#complain = complain;
  }

  get busy(): boolean {
    return this.#lane.busy;
  }

  write(level: Level, line: string): boolean {
    if (this.#queue.length >= MOST_WAITING) return false;
    this.#queue.push({ level, text: line });
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined;
    });
    return true;
  }

  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  async close(grace: number): Promise<void> {
    const end = AbortSignal.timeout(grace);
    const over = sleep(grace, undefined, { ref: false, signal: end }).catch(() => {});
    await Promise.race([this.#pumping, over]);
    if (this.#lane.busy || this.#source === 0n) return;
    const source = this.#source;
    this.#source = 0n;
    await Promise.race([this.#call('DeregisterEventSource', source).catch(() => 0), over]);
  }

  async #pump(): Promise<void> {
    for (;;) {
      const line = this.#queue.shift();
      if (line === undefined) return;
      try {
        await this.#report(line);
        this.#complained = false;
      } catch (error) {
        this.#lost += 1;
        if (!this.#complained) this.#complain(error instanceof Error ? error.message : String(error));
        this.#complained = true;
      }
    }
  }

  async #report({ level, text }: Line): Promise<void> {
    const { type, id } = KINDS[level];
    if (this.#source === 0n) this.#source = await this.#call('RegisterEventSourceW', null, SOURCE);
    try {
      await this.#call('ReportEventW', this.#source, type, 0, id, null, 1, 0, [insertable(text)], null);
    } catch (error) {
      // The service may have been restarted: the next line registers the source again.
      const source = this.#source;
      this.#source = 0n;
      await this.#call('DeregisterEventSource', source).catch(() => 0);
      throw error;
    }
  }

  /** @throws CallError with GetLastError when the function returns 0; FunctionMissing */
  async #call(name: EventLogFunction, ...args: readonly Argument[]): Promise<bigint> {
    const { value, lastError } = await callInLane(this.#library, this.#lane, FOREVER, name, args);
    if (value === 0n) throw new CallError(name, lastError);
    return value;
  }
}

/** The text as the viewer shows it: it would put other texts in place of `%1` and `%%2`, which a name may hold. */
function insertable(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.toWellFormed().replaceAll(/%(?=[\d%])/g, '\\u0025');
}

function complainOnStderr(problem: string): void {
  try {
    writeSync(2, `ras_exporter: the event log cannot be written: ${problem}\n`);
  } catch {
    // A service has no standard error.
  }
}
