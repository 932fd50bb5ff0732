/** A sign of life for backends that are pushed to, where there is no `up`. */
import { type Family, gauge } from './metric.ts';

const heartbeat = gauge('ras_exporter_heartbeat_timestamp_seconds', {
  help: 'When this snapshot was taken, Unix time; where metrics are pushed, its age tells whether the exporter still runs.',
  unit: 's',
});

export const heartbeatMetrics = [heartbeat];

/** `ras_exporter_heartbeat_timestamp_seconds`, now. */
export function heartbeatFamily(): Family {
  return heartbeat.of(Date.now() / 1000);
}
