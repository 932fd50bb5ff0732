/** A simulated machine: RAS, event log and services that play one scenario on one clock. */
import type { Windows } from '../windows.ts';
import { SimulatedEventLog, type SimulatedLogOptions } from './event-log.ts';
import { SimulatedServices } from './services.ts';
import { createSimulatedApi } from './simulated.ts';

/** Makes the machine. Two of the same scenario say the same after the same time on their clocks. */
export function createSimulatedWindows(options: SimulatedLogOptions): Windows {
  return {
    name: 'simulated',
    ras: createSimulatedApi(options),
    eventLog: new SimulatedEventLog(options),
    services: new SimulatedServices(),
  };
}
