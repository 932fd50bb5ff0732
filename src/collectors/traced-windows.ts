/** A machine whose calls are written down in a trace. */
import type { RasApi, RasConnection } from '../ras/api.ts';
import { describeError } from '../ras/errors.ts';
import type { EventLog } from '../ras/event-log.ts';
import type { ServiceManager } from '../ras/service-manager.ts';
import { connectionState, RASCF, rasConnStateName } from '../ras/states.ts';
import type { Windows } from '../ras/windows.ts';
import { userPhonebookLabel } from './identity.ts';
import type { Trace } from './trace.ts';

/** `windows`, with `trace` told of every call. */
export function traceWindows(windows: Windows, trace: Trace): Windows {
  return {
    name: windows.name,
    ras: traceRas(windows.ras, trace),
    eventLog: traceEventLog(windows.eventLog, trace),
    services: traceServices(windows.services, trace),
  };
}

function traceRas(ras: RasApi, trace: Trace): RasApi {
  const names = new Map<bigint, string>();
  const nameOf = (handle: bigint) => names.get(handle) ?? `handle 0x${handle.toString(16)}`;
  const remember = (connections: readonly RasConnection[]) => {
    for (const { handle, entry, phonebookPath, flags } of connections) {
      names.set(handle, placed(entry, phonebookPath, (flags & RASCF.AllUsers) !== 0));
    }
  };
  return {
    name: ras.name,
    calls: ras.calls,
    get hanging() {
      return ras.hanging;
    },
    enumConnections: (signal) =>
      trace.call(
        'RasEnumConnectionsW',
        '',
        () => ras.enumConnections(signal),
        (connections) => {
          remember(connections);
          return counted(connections.length, 'connection');
        },
      ),
    getConnectStatus: (handle, signal) =>
      trace.call(
        'RasGetConnectStatusW',
        nameOf(handle),
        () => ras.getConnectStatus(handle, signal),
        (status) => {
          if (status === undefined) return 'the connection has ended meanwhile';
          const { state, substate, error } = status;
          const raw = rasConnStateName(state) ?? `state 0x${state.toString(16)}`;
          const why = error === 0 ? '' : `, dwError ${describeError(error).code} ${describeError(error).name}`;
          return `${raw}, substate ${substate}${why}: ${connectionState(status)}`;
        },
      ),
    enumEntries: (signal, phonebookPath) =>
      trace.call(
        'RasEnumEntriesW',
        phonebookPath === undefined ? 'all users, own account' : userPhonebookLabel(phonebookPath),
        () => ras.enumEntries(signal, phonebookPath),
        (entries) => counted(entries.length, 'entry', 'entries'),
      ),
    getEntryProperties: (name, signal) =>
      trace.call(
        'RasGetEntryPropertiesW',
        placed(name.entry, name.phonebookPath, name.allUsers),
        () => ras.getEntryProperties(name, signal),
        ({ alwaysOn }) => (alwaysOn ? 'Always On' : 'not Always On'),
      ),
    getConnectionStatistics: (handle, signal) =>
      trace.call(
        'RasGetConnectionStatistics',
        nameOf(handle),
        () => ras.getConnectionStatistics(handle, signal),
        (statistics) => (statistics === undefined ? 'none: the connection has ended' : 'counters'),
      ),
    getProjectionInfo: (handle, signal) =>
      trace.call(
        'RasGetProjectionInfoEx',
        nameOf(handle),
        () => ras.getProjectionInfo(handle, signal),
        (projection) => (projection === undefined ? 'nothing negotiated' : `negotiated ${projection.framing}`),
      ),
    enumDevices: (signal) =>
      trace.call(
        'RasEnumDevicesW',
        '',
        () => ras.enumDevices(signal),
        (devices) => counted(devices.length, 'device'),
      ),
    getErrorString: (code, signal) => ras.getErrorString(code, signal),
  };
}

function traceEventLog(eventLog: EventLog, trace: Trace): EventLog {
  return {
    get hanging() {
      return eventLog.hanging;
    },
    read: (from, limit, signal) =>
      trace.call(
        'event log',
        'since' in from ? `from ${new Date(from.since).toISOString()}` : `after record ${from.recordId}`,
        () => eventLog.read(from, limit, signal),
        ({ records, unreadable, gap, more }) =>
          [
            counted(records.length, 'record'),
            unreadable === 0 ? '' : `${unreadable} unreadable`,
            gap === undefined ? '' : `the log was ${gap}`,
            more ? 'more to read' : '',
          ]
            .filter((part) => part !== '')
            .join(', '),
      ),
  };
}

function traceServices(services: ServiceManager, trace: Trace): ServiceManager {
  return {
    get hanging() {
      return services.hanging;
    },
    queryState: (service, signal) =>
      trace.call(
        'QueryServiceStatusEx',
        service,
        () => services.queryState(service, signal),
        (state) => state,
      ),
  };
}

/** `Office VPN (all_users)`: as the metrics call it. */
function placed(entry: string, path: string, allUsers: boolean): string {
  const phonebook = allUsers ? 'all_users' : userPhonebookLabel(path);
  return `${entry}${phonebook === '' ? '' : ` (${phonebook})`}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
