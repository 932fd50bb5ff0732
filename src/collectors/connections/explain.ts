/** Why a connection appears in the metrics as it does, or does not appear: for `/debug/scrape`. */
import type { RasConnection } from '../../ras/api.ts';
import { type EntryFilter, isShown } from '../entry-filter.ts';
import type { Trace } from '../trace.ts';
import type { Observation, View } from './fold.ts';

/** Tells the trace about every view, whether it is shown, and every connection that has none. */
export function explain(seen: Observation, views: readonly View[], filter: EntryFilter, trace: Trace): void {
  for (const view of views) {
    const { entry, phonebook } = view.identity;
    trace.note({ entry, phonebook, text: isShown(entry, filter) ? reasonShown(view) : reasonHidden(entry, filter) });
  }
  for (const { entry, handle } of seen.connections ?? []) {
    if (seen.statuses.get(handle) !== 'gone') continue;
    trace.note({
      entry,
      phonebook: '',
      text: 'RasEnumConnectionsW listed a connection that had ended when RasGetConnectStatusW asked for it: it does not count',
    });
  }
}

function reasonHidden(entry: string, { include, exclude }: EntryFilter): string {
  const excluded = exclude?.test(entry) === true;
  if (excluded || include === undefined) return 'not shown: it matches --collector.connections.exclude';
  return 'not shown: it does not match --collector.connections.include';
}

function reasonShown({ state, live, entry }: View): string {
  const from =
    entry === undefined ? 'in no phone book that can be read; shown while the connection exists' : 'in the phone book';
  if (live.length === 0) {
    return state === undefined
      ? `${from}; whether there is a connection is not known: RasEnumConnectionsW did not answer`
      : `${from}, no connection: ${state}`;
  }
  const links = live.length === 1 ? '' : `; ${live.length} connections are shown as one, the best of them`;
  if (state !== undefined) return `${from}; ${state}${links}`;
  return `${from}; its state is not known, since RasGetConnectStatusW did not answer for ${handlesOf(live)}${links}`;
}

function handlesOf(live: View['live']): string {
  const unknown = live.filter(({ status }) => status === undefined).map(({ connection }) => handleText(connection));
  return unknown.join(', ');
}

function handleText({ handle }: RasConnection): string {
  return `handle 0x${handle.toString(16)}`;
}
