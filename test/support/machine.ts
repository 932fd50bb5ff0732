/** A machine whose RAS API is given: its event log is silent, its services run. */
import type { RasApi } from '../../src/ras/api.ts';
import type { EventLog } from '../../src/ras/event-log.ts';
import type { ServiceManager } from '../../src/ras/service-manager.ts';
import type { Windows } from '../../src/ras/windows.ts';

const silent: EventLog = {
  hanging: false,
  read: (from) => {
    const position = 'since' in from ? { recordId: 0n, time: from.since, bookmark: '' } : from;
    return Promise.resolve({ records: [], position, more: false, unreadable: 0, gap: undefined });
  },
};

const running: ServiceManager = { hanging: false, queryState: () => Promise.resolve('running') };

export function machine(ras: RasApi, part: Partial<Pick<Windows, 'eventLog' | 'services'>> = {}): Windows {
  return { name: ras.name, ras, eventLog: silent, services: running, ...part };
}
