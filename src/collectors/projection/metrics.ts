/** The metrics of collector `projection`, and the series of one identity, which live from scrape to scrape. */
import { gauge, info, type Metric, type Series } from '../../metrics/metric.ts';
import type { RasProjection } from '../../ras/api.ts';
import { authenticationWord, encryptionWord, mobikeWord, natWord } from './words.ts';

const CONNECTION = ['entry', 'phonebook'] as const;

export const negotiatedInfo = info('ras_connection_negotiated_info', {
  help: 'What the connection negotiated (RAS_PROJECTION_INFO: RASPPP_PROJECTION_INFO or RASIKEV2_PROJECTION_INFO).',
  labels: [...CONNECTION, 'framing', 'authentication', 'encryption', 'ipv4', 'ipv6', 'nat', 'mobike'],
});
export const ipv4ErrorCode = gauge('ras_connection_ipv4_error_code', {
  help: 'Why the connection has no IPv4; 0 = it has (RAS_PROJECTION_INFO dwIPv4NegotiationError).',
  labels: CONNECTION,
});
export const ipv6ErrorCode = gauge('ras_connection_ipv6_error_code', {
  help: 'Why the connection has no IPv6; 0 = it has (RAS_PROJECTION_INFO dwIPv6NegotiationError).',
  labels: CONNECTION,
});
export const addressInfo = info('ras_connection_address_info', {
  help: 'Addresses of the tunnel, only with --collector.projection.addresses (RAS_PROJECTION_INFO).',
  labels: [...CONNECTION, 'ipv4_address', 'ipv4_server', 'ipv6_address', 'ipv6_server'],
});

export const projectionMetrics: readonly Metric[] = [negotiatedInfo, ipv4ErrorCode, ipv6ErrorCode, addressInfo];

/** The series of one identity: most say the same in the next scrape, too. */
export class ProjectionSeries {
  readonly ipv4Error: Series;
  readonly ipv6Error: Series;
  readonly #identity: { readonly entry: string; readonly phonebook: string };
  #projection: RasProjection | undefined;
  #negotiated: Series | undefined;
  #addresses: Series | undefined;

  constructor(entry: string, phonebook: string) {
    this.#identity = { entry, phonebook };
    this.ipv4Error = ipv4ErrorCode.series(this.#identity);
    this.ipv6Error = ipv6ErrorCode.series(this.#identity);
  }

  negotiated(projection: RasProjection): Series {
    this.#note(projection);
    this.#negotiated ??= negotiatedInfo.series({
      ...this.#identity,
      framing: projection.framing,
      authentication: authenticationWord(projection),
      encryption: encryptionWord(projection),
      ipv4: String(projection.ipv4Error === 0),
      ipv6: String(projection.ipv6Error === 0),
      nat: natWord(projection),
      mobike: mobikeWord(projection),
    });
    return this.#negotiated;
  }

  addresses(projection: RasProjection): Series {
    this.#note(projection);
    this.#addresses ??= addressInfo.series({
      ...this.#identity,
      ipv4_address: projection.ipv4Address,
      ipv4_server: projection.ipv4ServerAddress,
      ipv6_address: projection.ipv6Address,
      ipv6_server: projection.ipv6ServerAddress,
    });
    return this.#addresses;
  }

  #note(projection: RasProjection): void {
    if (this.#projection !== undefined && isSame(this.#projection, projection)) return;
    this.#projection = projection;
    this.#negotiated = undefined;
    this.#addresses = undefined;
  }
}

function isSame(a: RasProjection, b: RasProjection): boolean {
  const isSameBase =
    a.ipv4Error === b.ipv4Error &&
    a.ipv4Address === b.ipv4Address &&
    a.ipv4ServerAddress === b.ipv4ServerAddress &&
    a.ipv6Error === b.ipv6Error &&
    a.ipv6Address === b.ipv6Address &&
    a.ipv6ServerAddress === b.ipv6ServerAddress &&
    a.authenticationProtocol === b.authenticationProtocol &&
    a.eapType === b.eapType;
  if (!isSameBase) return false;
  if (a.framing === 'ikev2') {
    return b.framing === 'ikev2' && a.flags === b.flags && a.encryptionMethod === b.encryptionMethod;
  }
  return (
    b.framing === 'ppp' &&
    a.authenticationData === b.authenticationData &&
    a.lcpOptions === b.lcpOptions &&
    a.ccpError === b.ccpError &&
    a.ccpOptions === b.ccpOptions
  );
}
