/** The event log of a simulated machine. */
import type { EventBatch, EventLog, EventPosition, EventStart } from '../event-log.ts';

export class SimulatedEventLog implements EventLog {
  readonly hanging = false;

  async read(from: EventPosition | EventStart): Promise<EventBatch> {
    const position = 'since' in from ? { recordId: 0n, time: from.since, bookmark: '' } : from;
    return { records: [], position, more: false, unreadable: 0, gap: undefined };
  }
}
