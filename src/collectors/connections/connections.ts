/**
 * Collector `connections`: the state and the errors of every RAS connection, and of every phone-book entry without one.
 *
 * Reads, in this order: RasEnumConnectionsW, RasGetConnectStatusW for each connection, RasEnumEntriesW, and
 * RasGetEntryPropertiesW for each entry. What a step cannot tell is left out; what the steps before it told stands.
 */
import type { Family, Sample } from '../../metrics/metric.ts';
import { Tracker } from '../../metrics/tracker.ts';
import type { RasApi } from '../../ras/api.ts';
import { CallTimeout } from '../../ras/call-errors.ts';
import type { ApiCalls } from '../../ras/calls.ts';
import { describeError } from '../../ras/errors.ts';
import { CONNECTION_STATES, type ConnectionState } from '../../ras/states.ts';
import { CollectError, type Collector } from '../collector.ts';
import { type EntryFilter, isShown } from '../entry-filter.ts';
import type { Identity } from '../identity.ts';
import { Phonebooks } from '../phonebooks.ts';
import { explain } from './explain.ts';
import { detailsOf, emptyObservation, fold, newestError, noteErrors, type Observation, type View } from './fold.ts';
import { ConnectionHistory } from './history.ts';
import * as metric from './metrics.ts';

/** Flags of the collector; each pattern is matched against the whole entry name. */
export interface ConnectionsOptions extends EntryFilter {
  /** Entries that should be up; default those that Windows marks Always On. */
  readonly expected?: RegExp | undefined;
}

/** What lives from scrape to scrape for one identity. */
interface Tracked {
  readonly history: ConnectionHistory;
  readonly series: metric.ConnectionSeries;
}

/** Makes the collector; one instance keeps the error counters of one exporter. */
export function connectionsCollector(current: ConnectionsOptions = {}, phonebooks = new Phonebooks()): Collector {
  const tracker = new Tracker<Tracked, Identity>(({ entry, phonebook }) => ({
    history: new ConnectionHistory(),
    series: new metric.ConnectionSeries(entry, phonebook),
  }));

  return {
    name: 'connections',
    lane: 'rasapi32',
    metrics: metric.connectionsMetrics,
    enabledByDefault: true,
    async collect({ ras, signal, report, trace }) {
      // A reload may change them meanwhile: one scrape goes by what they were when it began.
      const options = { ...current };
      tracker.nextRound();
      const seen = emptyObservation();
      const render = (views: readonly View[]) => {
        const tracked = (view: View) => tracker.get(view.identity.key, view.identity);
        return [
          metric.up.of(seen.connections === undefined ? 0 : 1),
          ...connectionFamilies(views, tracked, options.expected),
          ...apiFamilies(ras.calls),
        ];
      };
      // By the spelling of the phone book, in which a connection is shown however it was dialled.
      const shownViews = () => fold(seen).filter(({ identity }) => isShown(identity.entry, options));
      report(() => render(shownViews()));
      const problems = await observe(ras, signal, seen, phonebooks, (entry) => isShown(entry.toWellFormed(), options));
      const views = shownViews();
      if (trace !== undefined) explain(seen, fold(seen), options, trace);
      // What was learnt counts, also when the deadline cut the rest off.
      if (seen.connections !== undefined) {
        for (const view of views) noteErrors(view, tracker.get(view.identity.key, view.identity).history);
        for (const { history } of tracker.idle()) history.retain([]);
      }
      report(() => render(views));
      if (problems.length > 0) throw new CollectError(problems);
    },
  };
}

/** Asks Windows step by step and returns what went wrong; a deadline ends it, an error does not. */
async function observe(
  ras: RasApi,
  signal: AbortSignal,
  seen: Observation,
  phonebooks: Phonebooks,
  shown: (entry: string) => boolean,
): Promise<Error[]> {
  const problems: Error[] = [];
  const attempt = async (step: () => Promise<void>) => {
    if (problems.some((problem) => problem instanceof CallTimeout)) return;
    try {
      await step();
    } catch (error) {
      problems.push(error instanceof Error ? error : new Error(String(error)));
    }
  };
  await attempt(async () => {
    seen.connections = await ras.enumConnections(signal);
  });
  for (const handle of new Set(seen.connections?.map((connection) => connection.handle))) {
    await attempt(async () => {
      seen.statuses.set(handle, (await ras.getConnectStatus(handle, signal)) ?? 'gone');
    });
  }
  await attempt(async () => {
    const reading = await phonebooks.read(ras, seen.connections ?? [], signal);
    if (reading.known) seen.entries = reading.entries;
    seen.spelling = reading.spelling;
    problems.push(...reading.problems);
  });
  for (const entry of seen.entries ?? []) {
    if (!shown(entry.entry)) continue;
    await attempt(async () => {
      seen.properties.set(entry, await ras.getEntryProperties(entry, signal));
    });
  }
  return problems;
}

function connectionFamilies(
  views: readonly View[],
  tracked: (view: View) => Tracked,
  expected: RegExp | undefined,
): Family[] {
  const counts = new Map<ConnectionState, number>(CONNECTION_STATES.map((state) => [state, 0]));
  const ups: Sample[] = [];
  const states: Sample[] = [];
  const stateCodes: Sample[] = [];
  const substateCodes: Sample[] = [];
  const errorCodes: Sample[] = [];
  const errors: Sample[] = [];
  const failures: Sample[] = [];
  const expectations: Sample[] = [];
  const infos: Sample[] = [];

  for (const view of views) {
    const { history, series } = tracked(view);
    failures.push(series.failures.at(history.failures));
    for (const [code, value] of history.errors) errors.push(series.error(code).at(value));
    infos.push(series.info(detailsOf(view)).at(1));
    const isExpected = expectation(view, expected);
    if (isExpected !== undefined) expectations.push(series.expected.at(isExpected ? 1 : 0));
    if (view.state === undefined) continue;
    counts.set(view.state, (counts.get(view.state) ?? 0) + 1);
    ups.push(series.up.at(view.state === 'connected' ? 1 : 0));
    errorCodes.push(series.errorCode.at(newestError(view, history)));
    for (const state of CONNECTION_STATES) states.push(series.states[state].at(state === view.state ? 1 : 0));
    const status = view.live[0]?.status;
    if (status === undefined) continue;
    stateCodes.push(series.stateCode.at(status.state));
    substateCodes.push(series.substateCode.at(status.substate));
  }

  return [
    metric.connections.family([...counts].map(([state, value]) => metric.connections.series({ state }).at(value))),
    metric.connectionUp.family(ups),
    metric.connectionState.family(states),
    metric.connectionStateCode.family(stateCodes),
    metric.connectionSubstateCode.family(substateCodes),
    metric.connectionErrorCode.family(errorCodes),
    metric.connectionErrors.family(errors),
    metric.connectionFailures.family(failures),
    metric.connectionExpected.family(expectations),
    metric.connectionInfo.family(infos),
  ];
}

/** `undefined` when there is no pattern, and no phone book that could be read tells whether the entry is Always On. */
function expectation({ identity, properties }: View, expected: RegExp | undefined): boolean | undefined {
  return expected === undefined ? properties?.alwaysOn : expected.test(identity.entry);
}

function apiFamilies(calls: ApiCalls): Family[] {
  const errors = [...calls.errors].flatMap(([name, codes]) =>
    [...codes].map(([code, value]) => {
      const { code: error_code, name: error } = describeError(code);
      return metric.apiErrors.series({ function: name, error_code, error }).at(value);
    }),
  );
  return [
    metric.apiCalls.family(
      [...calls.calls].map(([name, value]) => metric.apiCalls.series({ function: name }).at(value)),
    ),
    metric.apiErrors.family(errors),
  ];
}
