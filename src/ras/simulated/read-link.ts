/** Reads what the connections of an entry carry and negotiate. */
import {
  defaultTraffic,
  IKEV2_AUTHENTICATIONS,
  IKEV2_DEFAULTS,
  IKEV2_ENCRYPTIONS,
  ikev2Negotiated,
  isIkev2,
  NATS,
  type Negotiated,
  PPP_AUTHENTICATIONS,
  PPP_ENCRYPTIONS,
  pppDefaults,
  pppNegotiated,
  type Traffic,
} from './link.ts';
import type { Place } from './place.ts';

/** Every key of `traffic`. */
export const TRAFFIC_KEYS = ['receive', 'transmit', 'link_errors', 'speed'] as const;

/** Every key of `negotiated`. */
export const NEGOTIATED_KEYS = ['authentication', 'encryption', 'ipv4', 'ipv6', 'nat', 'mobike'] as const;

/** 10 GB/s: more than a tunnel carries. */
const MOST_BYTES = 10_000_000_000;

/** @throws ScenarioError */
export function readTraffic(place: Place | undefined, deviceType: string): Traffic {
  const defaults = defaultTraffic(deviceType);
  if (place === undefined) return defaults;
  const fields = place.fields(TRAFFIC_KEYS);
  return {
    receive: fields.get('receive')?.whole(0, MOST_BYTES) ?? defaults.receive,
    transmit: fields.get('transmit')?.whole(0, MOST_BYTES) ?? defaults.transmit,
    linkErrors: fields.get('link_errors')?.whole(0, 1_000_000) ?? defaults.linkErrors,
    speed: fields.get('speed')?.whole(0, 0xffff_ffff) ?? defaults.speed,
  };
}

/** @throws ScenarioError */
export function readNegotiated(place: Place | undefined, deviceName: string): Negotiated {
  const fields = place?.fields(NEGOTIATED_KEYS) ?? new Map<(typeof NEGOTIATED_KEYS)[number], Place>();
  if (isIkev2(deviceName)) {
    const defaults = IKEV2_DEFAULTS;
    return ikev2Negotiated({
      authentication:
        fields.get('authentication')?.choice('authentication', namesOf(IKEV2_AUTHENTICATIONS)) ??
        defaults.authentication,
      encryption: fields.get('encryption')?.choice('encryption', namesOf(IKEV2_ENCRYPTIONS)) ?? defaults.encryption,
      ipv4: fields.get('ipv4')?.flag() ?? defaults.ipv4,
      ipv6: fields.get('ipv6')?.flag() ?? defaults.ipv6,
      nat: fields.get('nat')?.choice('nat', namesOf(NATS)) ?? defaults.nat,
      mobike: fields.get('mobike')?.flag() ?? defaults.mobike,
    });
  }
  for (const key of ['nat', 'mobike'] as const)
    fields.get(key)?.fail(`${key} belongs to IKEv2; this device speaks PPP`);
  const defaults = pppDefaults(deviceName);
  return pppNegotiated({
    authentication:
      fields.get('authentication')?.choice('authentication', namesOf(PPP_AUTHENTICATIONS)) ?? defaults.authentication,
    encryption: fields.get('encryption')?.choice('encryption', namesOf(PPP_ENCRYPTIONS)) ?? defaults.encryption,
    ipv4: fields.get('ipv4')?.flag() ?? defaults.ipv4,
    ipv6: fields.get('ipv6')?.flag() ?? defaults.ipv6,
  });
}

function namesOf<K extends string>(values: Readonly<Record<K, unknown>>): readonly K[] {
  const names: K[] = [];
  for (const name in values) names.push(name);
  return names;
}
