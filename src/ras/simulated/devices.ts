/** The devices of a simulated machine. */
import type { RasDevice } from '../api.ts';
import type { Scenario } from './scenario.ts';

/** What every Windows has. */
const WAN_MINIPORTS: readonly RasDevice[] = [
  { deviceType: 'vpn', deviceName: 'WAN Miniport (SSTP)' },
  { deviceType: 'vpn', deviceName: 'WAN Miniport (IKEv2)' },
  { deviceType: 'vpn', deviceName: 'WAN Miniport (L2TP)' },
  { deviceType: 'vpn', deviceName: 'WAN Miniport (PPTP)' },
  { deviceType: 'PPPoE', deviceName: 'WAN Miniport (PPPOE)' },
];

/** The WAN miniports, and whatever else the entries of the scenario dial with, each once. */
export function devicesOf({ entries }: Scenario): readonly RasDevice[] {
  const byName = new Map<string, RasDevice>();
  for (const { deviceType, deviceName } of [...WAN_MINIPORTS, ...entries]) {
    const key = `${deviceType}\0${deviceName}`.toLowerCase();
    if (!byName.has(key)) byName.set(key, { deviceType, deviceName });
  }
  return [...byName.values()];
}
