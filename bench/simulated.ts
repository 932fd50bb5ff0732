/** The simulated API with as many connections as wanted, whose clock goes on by a scrape interval at every look. */

import { parseScenario } from '../src/ras/simulated/parse.ts';
import { createSimulatedWindows } from '../src/ras/simulated/windows.ts';
import type { Windows } from '../src/ras/windows.ts';

/** Most are up all day; each fails and comes back now and then, at a time of its own. */
export function simulatedMachine(connections: number): Windows {
  const scenario = parseScenario(
    `entries:
      - name: Branch {n}
        count: ${connections}
        stagger: 97s
        device: WAN Miniport (IKEv2)
        server: vpn{n}.example.com
        always_on: true
        timeline:
          - { state: connected, for: 8h }
          - { state: connecting, for: 5s }
          - { state: failed, error: 809, for: 2m }
          - { state: disconnected, for: 1m }
          - { state: connecting, for: 5s }
    `,
    'bench',
  );
  const began = performance.now();
  // A thousand times faster than life: a bench of seconds sees hours, with dials, failures and disconnects.
  return createSimulatedWindows({ scenario, clock: () => (performance.now() - began) * 1000 });
}
