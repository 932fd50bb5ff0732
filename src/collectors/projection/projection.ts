/**
 * Collector `projection`: what the RAS connections negotiated: authentication, encryption, IPv4 and IPv6.
 *
 * Reads RasEnumConnectionsW and, for each connection that is up (RasGetConnectStatusW), RasGetProjectionInfoEx. What has
 * negotiated nothing (yet) has no series. Of several connections with one identity the best one that has negotiated is shown.
 */
import type { Sample } from '../../metrics/metric.ts';
import { Tracker } from '../../metrics/tracker.ts';
import type { RasProjection } from '../../ras/api.ts';
import { CollectError, type Collector } from '../collector.ts';
import type { EntryFilter } from '../entry-filter.ts';
import { readEstablished } from '../established.ts';
import { identifiedConnections } from '../identified.ts';
import type { Identity } from '../identity.ts';
import { Phonebooks } from '../phonebooks.ts';
import * as metric from './metrics.ts';

/** Flags of the collector. */
export interface ProjectionOptions {
  /** Whether the addresses of the tunnels are shown. */
  readonly addresses: boolean;
}

/** Makes the collector. */
export function projectionCollector(
  { addresses }: ProjectionOptions = { addresses: false },
  filter: EntryFilter = {},
  phonebooks = new Phonebooks(),
): Collector {
  const tracker = new Tracker<metric.ProjectionSeries, Identity>(
    ({ entry, phonebook }) => new metric.ProjectionSeries(entry, phonebook),
  );

  return {
    name: 'projection',
    lane: 'rasapi32',
    metrics: metric.projectionMetrics,
    enabledByDefault: true,
    async collect({ ras, signal, report }) {
      tracker.nextRound();
      const found = new Map<Identity, RasProjection>();
      report(() => projectionFamilies(found, (identity) => tracker.get(identity.key, identity), addresses));
      const identified = await identifiedConnections(ras, phonebooks, filter, signal);
      const problems = await readEstablished(ras, identified, signal, async ({ handle }, { identity }) => {
        if (found.has(identity)) return;
        const projection = await ras.getProjectionInfo(handle, signal);
        if (projection !== undefined) found.set(identity, projection);
      });
      if (problems.length > 0) throw new CollectError(problems);
    },
  };
}

function projectionFamilies(
  found: ReadonlyMap<Identity, RasProjection>,
  seriesOf: (identity: Identity) => metric.ProjectionSeries,
  addresses: boolean,
) {
  const negotiated: Sample[] = [];
  const ipv4Errors: Sample[] = [];
  const ipv6Errors: Sample[] = [];
  const addressed: Sample[] = [];
  for (const [identity, projection] of found) {
    const series = seriesOf(identity);
    negotiated.push(series.negotiated(projection).at(1));
    ipv4Errors.push(series.ipv4Error.at(projection.ipv4Error));
    ipv6Errors.push(series.ipv6Error.at(projection.ipv6Error));
    if (addresses) addressed.push(series.addresses(projection).at(1));
  }
  return [
    metric.negotiatedInfo.family(negotiated),
    metric.ipv4ErrorCode.family(ipv4Errors),
    metric.ipv6ErrorCode.family(ipv6Errors),
    ...(addresses ? [metric.addressInfo.family(addressed)] : []),
  ];
}
