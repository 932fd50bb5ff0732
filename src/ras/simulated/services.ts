/** The services of a simulated machine. */
import type { ServiceManager, ServiceState } from '../service-manager.ts';

export class SimulatedServices implements ServiceManager {
  readonly hanging = false;

  async queryState(): Promise<ServiceState> {
    return 'running';
  }
}
