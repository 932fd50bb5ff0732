/**
 * A scenario: what the simulated Windows does over time, checked and written out, ready to be played.
 *
 * `builtin.ts` is one in TypeScript; `parse.ts` makes one of YAML. Times are milliseconds since the start of the simulation.
 */
import type { RasFunction } from '../api.ts';
import type { ServiceState } from '../service-manager.ts';
import { type ConnectionState, RASCONNSTATE, RASCONNSUBSTATE } from '../states.ts';
import type { Negotiated, Traffic } from './link.ts';

export interface Scenario {
  readonly description: string;
  /** At most `MAX_ENTRIES`; copies (`count`) are written out. */
  readonly entries: readonly ScenarioEntry[];
  /** What the API itself does wrong; of several that apply at once the first counts. */
  readonly api: readonly ApiTrouble[];
  /** What services do; of several that apply at once the first counts. Default: all run. */
  readonly services?: readonly ServiceTrouble[];
  /** What happens to the event log beside the records that the entries leave there. */
  readonly eventLog: readonly LogTrouble[];
}

/** A phone book: a file that holds entries. */
export interface Phonebook {
  /** Empty: there is none; the connection was dialled without an entry. */
  readonly path: string;
  readonly allUsers: boolean;
  /** False: it lies where Windows does not look by itself, and is read by its path only; default true. */
  readonly listed?: boolean;
  /** Return value of reading it by its path; default 0. */
  readonly returns?: number;
}

/** One phone-book entry and the connections that are dialled with it, one after the other. */
export interface ScenarioEntry {
  readonly name: string;
  readonly phonebook: Phonebook;
  /** False: no readable phone book has the entry; only its connections are seen. */
  readonly inPhonebook: boolean;
  readonly deviceType: string;
  readonly deviceName: string;
  readonly server: string;
  readonly alwaysOn: boolean;
  /** VS_*; default VS_Default. */
  readonly vpnStrategy?: number | undefined;
  /** ET_*; default ET_Require. */
  readonly encryption?: number | undefined;
  /** Who dialled, seen from the account of the exporter: RASCF_OwnerKnown and RASCF_OwnerMatch. */
  readonly owner: Owner;
  /** 1-based link of a multilink connection. */
  readonly subEntry: number;
  readonly timeline: Timeline;
  /** How far into its timeline the entry is at the start. */
  readonly phase: number;
  /** What its connections carry; default by the type of the device. */
  readonly traffic?: Traffic;
  /** What they negotiate; default by the name of the device. */
  readonly negotiated?: Negotiated;
}

export const OWNERS = ['self', 'other', 'unknown'] as const;

export type Owner = (typeof OWNERS)[number];

/** What happens to one entry. Without steps it is never dialled. */
export interface Timeline {
  readonly steps: readonly Step[];
  /** True: starts again after the last step; false: keeps the last step. */
  readonly repeat: boolean;
}

/** What Windows says about an entry for some time. */
export interface Step {
  /** Raw RASCONNSTATE; `undefined` = there is no connection, Windows has no handle. */
  readonly state: number | undefined;
  /** Raw RASCONNSUBSTATE. */
  readonly substate: number;
  /** dwError; 0 = none. */
  readonly error: number;
  /** Milliseconds, more than 0; `Infinity` in a last step that is kept. */
  readonly duration: number;
  /** Whether somebody clears the statistics of the connection when the step begins (RasClearConnectionStatistics). */
  readonly clears?: boolean;
}

/** A time that may come again. */
export interface Spell {
  readonly from: number;
  /** `Infinity`: it does not end. */
  readonly duration: number;
  /** The time from one beginning to the next; `undefined` = happens once. */
  readonly every: number | undefined;
}

/** During some time a service is in another state than `running`, or is asked for its state in vain. */
export interface ServiceTrouble extends Spell {
  readonly service: string;
  /** `undefined`: as it would be otherwise. */
  readonly state: ServiceState | undefined;
  /** The error of the query; 0 = none. */
  readonly returns: number;
  /** Milliseconds that a query takes; `Infinity`: until the trouble ends. */
  readonly delay: number;
}

/** During some time a function answers late, with an error, or not at all. */
export interface ApiTrouble extends Spell {
  readonly function: RasFunction;
  /** Only calls for these entries, where a function is called for one; `undefined` = all calls. */
  readonly entries: ReadonlySet<string> | undefined;
  /** Return value of the function; 0 = the answer is right, only late. */
  readonly returns: number;
  /** Milliseconds that a call takes; `Infinity`: until the trouble ends. */
  readonly delay: number;
}

/** During some time the event log is read late, with an error, or not at all; or something happens to it at one moment. */
export type LogTrouble =
  | ({ readonly kind: 'call' } & Omit<ApiTrouble, 'function' | 'entries'>)
  | {
      /** The log is emptied; or `count` records are written: without their fields, unreadable, or dials that fail at once. */
      readonly kind: 'cleared' | 'malformed' | 'unreadable' | 'burst';
      readonly from: number;
      /** The time from one moment to the next; `undefined` = happens once. */
      readonly every: number | undefined;
      readonly count: number;
    };

/** Written-out entries of one scenario; handles have room for 65 535. */
export const MAX_ENTRIES = 10_000;

/** Where Windows keeps the entries of all users. */
export const ALL_USERS: Phonebook = {
  path: 'C:\\ProgramData\\Microsoft\\Network\\Connections\\Pbk\\rasphone.pbk',
  allUsers: true,
};

/** What a state word of a scenario means to Windows: the words are those that connections are shown in. */
export const STATE_WORDS: Readonly<Record<ConnectionState, Pick<Step, 'state' | 'substate'>>> = {
  connecting: { state: RASCONNSTATE.RASCS_ConnectDevice, substate: RASCONNSUBSTATE.RASCSS_None },
  authenticating: { state: RASCONNSTATE.RASCS_Authenticate, substate: RASCONNSUBSTATE.RASCSS_None },
  waiting: { state: RASCONNSTATE.RASCS_Interactive, substate: RASCONNSUBSTATE.RASCSS_None },
  connected: { state: RASCONNSTATE.RASCS_Connected, substate: RASCONNSUBSTATE.RASCSS_None },
  dormant: { state: RASCONNSTATE.RASCS_Connected, substate: RASCONNSUBSTATE.RASCSS_Dormant },
  reconnecting: { state: RASCONNSTATE.RASCS_Connected, substate: RASCONNSUBSTATE.RASCSS_Reconnecting },
  failed: { state: RASCONNSTATE.RASCS_Disconnected, substate: RASCONNSUBSTATE.RASCSS_None },
  disconnected: { state: undefined, substate: RASCONNSUBSTATE.RASCSS_None },
};

/** A scenario that cannot be played. The message is one line: file, line, path, what is wrong, what would be right. */
export class ScenarioError extends Error {
  readonly file: string;
  /** 1-based; 0 = the file as a whole. */
  readonly line: number;
  /** Where in the scenario, e.g. `entries[0].timeline[2].state`; empty for the whole. */
  readonly path: string;

  constructor(file: string, line: number, path: string, problem: string) {
    const place = `${line === 0 ? '' : `:${line}`}${path === '' ? '' : `: ${path}`}`;
    // Whatever stands in the file or its name: the message stays one line, in a log too.
    super(`${file}${place}: ${problem}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').toWellFormed());
    this.name = 'ScenarioError';
    this.file = file;
    this.line = line;
    this.path = path;
  }
}
