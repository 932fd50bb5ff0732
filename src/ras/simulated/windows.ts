/** A simulated machine: RAS, event log and services that play one scenario on one clock. */
import { RASMAN } from '../service-manager.ts';
import type { Windows } from '../windows.ts';
import { SimulatedEventLog, type SimulatedLogOptions } from './event-log.ts';
import { SimulatedServices } from './services.ts';
import { createSimulatedApi } from './simulated.ts';

/** Makes the machine. Two of the same scenario say the same after the same time on their clocks. */
export function createSimulatedWindows(options: SimulatedLogOptions): Windows {
  const services = new SimulatedServices(options.scenario.services, options.clock);
  return {
    name: 'simulated',
    ras: createSimulatedApi({ ...options, onCall: () => services.use(RASMAN) }),
    eventLog: new SimulatedEventLog(options),
    services,
  };
}
