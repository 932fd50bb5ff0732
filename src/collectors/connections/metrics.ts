/** The metrics of collector `connections`, and the series of one connection, which live from scrape to scrape. */
import { counter, gauge, info, type Series } from '../../metrics/metric.ts';
import { describeError } from '../../ras/errors.ts';
import type { ConnectionState } from '../../ras/states.ts';

const CONNECTION = ['entry', 'phonebook'] as const;

export const up = gauge('ras_up', {
  help: 'Whether RasEnumConnectionsW answered in this scrape (1) or not (0).',
});
export const connections = gauge('ras_connections', {
  help: 'Connections and phone-book entries by state, as far as this scrape could tell (RasGetConnectStatusW, RasEnumEntriesW).',
  labels: ['state'],
});
export const connectionUp = gauge('ras_connection_up', {
  help: 'Whether data can flow: RASCS_Connected, and substate neither Dormant nor Reconnecting (RASCONNSTATUSW.rasconnstate, rasconnsubstate).',
  labels: CONNECTION,
});
export const connectionState = gauge('ras_connection_state', {
  help: 'State of the connection: 1 for the state it is in, 0 for the others (RASCONNSTATUSW.rasconnstate, rasconnsubstate, dwError).',
  labels: [...CONNECTION, 'state'],
});
export const connectionStateCode = gauge('ras_connection_state_code', {
  help: 'Raw RASCONNSTATE; absent while Windows has no handle for the connection (RASCONNSTATUSW.rasconnstate).',
  labels: CONNECTION,
});
export const connectionSubstateCode = gauge('ras_connection_substate_code', {
  help: 'Raw RASCONNSUBSTATE; absent while Windows has no handle for the connection (RASCONNSTATUSW.rasconnsubstate).',
  labels: CONNECTION,
});
export const connectionErrorCode = gauge('ras_connection_error_code', {
  help: 'Why the connection failed, as it stands now; 0 = no error (RASCONNSTATUSW.dwError).',
  labels: CONNECTION,
});
export const connectionErrors = counter('ras_connection_errors_total', {
  help: 'Times a connection was seen to enter an error, by error (RASCONNSTATUSW.dwError).',
  labels: [...CONNECTION, 'error_code', 'error', 'category'],
});
export const connectionFailures = counter('ras_connection_failures_total', {
  help: 'Times a connection was seen to enter an error (RASCONNSTATUSW.dwError).',
  labels: CONNECTION,
});
export const connectionExpected = gauge('ras_connection_expected', {
  help: 'Whether the connection should be up: it matches --collector.connections.expected or, without that flag, Windows marks its entry Always On (RASENTRYW.dwfOptions2).',
  labels: CONNECTION,
});
export const connectionInfo = info('ras_connection_info', {
  help: 'What the connection runs over; for one without a handle what its entry says (RASCONNW, RASCONNSTATUSW.szPhoneNumber, RASENTRYW).',
  labels: [...CONNECTION, 'device_type', 'device_name', 'protocol', 'server', 'ownership', 'entry_id'],
});
export const apiCalls = counter('ras_api_calls_total', {
  help: 'Calls of each RAS function.',
  labels: ['function'],
});
export const apiErrors = counter('ras_api_errors_total', {
  help: 'Calls of each RAS function whose return value reported an error; never the error of a connection (dwError).',
  labels: ['function', 'error_code', 'error'],
});

export const connectionsMetrics = [
  up,
  connections,
  connectionUp,
  connectionState,
  connectionStateCode,
  connectionSubstateCode,
  connectionErrorCode,
  connectionErrors,
  connectionFailures,
  connectionExpected,
  connectionInfo,
  apiCalls,
  apiErrors,
];

/** What `ras_connection_info` says beside the identity. */
export interface ConnectionDetails {
  readonly device_type: string;
  readonly device_name: string;
  readonly protocol: string;
  readonly server: string;
  readonly ownership: 'self' | 'other' | 'unknown';
  readonly entry_id: string;
}

/** The series of one connection: made once, since every scrape needs the same ones again. */
export class ConnectionSeries {
  readonly up: Series;
  readonly stateCode: Series;
  readonly substateCode: Series;
  readonly errorCode: Series;
  readonly failures: Series;
  readonly expected: Series;
  readonly states: Readonly<Record<ConnectionState, Series>>;
  readonly #entry: string;
  readonly #phonebook: string;
  readonly #errors = new Map<number, Series>();
  #details: ConnectionDetails | undefined;
  #info: Series | undefined;

  constructor(entry: string, phonebook: string) {
    this.#entry = entry;
    this.#phonebook = phonebook;
    const identity = { entry, phonebook };
    this.up = connectionUp.series(identity);
    this.stateCode = connectionStateCode.series(identity);
    this.substateCode = connectionSubstateCode.series(identity);
    this.errorCode = connectionErrorCode.series(identity);
    this.failures = connectionFailures.series(identity);
    this.expected = connectionExpected.series(identity);
    const state = (name: ConnectionState) => connectionState.series({ entry, phonebook, state: name });
    this.states = {
      connected: state('connected'),
      reconnecting: state('reconnecting'),
      dormant: state('dormant'),
      waiting: state('waiting'),
      authenticating: state('authenticating'),
      connecting: state('connecting'),
      failed: state('failed'),
      disconnected: state('disconnected'),
    };
  }

  info(details: ConnectionDetails): Series {
    if (this.#info === undefined || this.#details === undefined || !sameDetails(this.#details, details)) {
      this.#details = details;
      this.#info = connectionInfo.series({ entry: this.#entry, phonebook: this.#phonebook, ...details });
    }
    return this.#info;
  }

  error(code: number): Series {
    let series = this.#errors.get(code);
    if (series === undefined) {
      const { code: error_code, name: error, category } = describeError(code);
      const identity = { entry: this.#entry, phonebook: this.#phonebook };
      series = connectionErrors.series({ ...identity, error_code, error, category });
      this.#errors.set(code, series);
    }
    return series;
  }
}

function sameDetails(a: ConnectionDetails, b: ConnectionDetails): boolean {
  return (
    a.device_type === b.device_type &&
    a.device_name === b.device_name &&
    a.protocol === b.protocol &&
    a.server === b.server &&
    a.ownership === b.ownership &&
    a.entry_id === b.entry_id
  );
}
