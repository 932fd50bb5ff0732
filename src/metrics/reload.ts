/** Whether the configuration in use is the one that was asked for last. */
import { type Family, gauge } from './metric.ts';

const successful = gauge('ras_exporter_config_last_reload_successful', {
  help: 'Whether the last attempt to load the configuration succeeded (1), or the one before is still in use (0).',
});
const successTime = gauge('ras_exporter_config_last_reload_success_timestamp_seconds', {
  help: 'When the configuration in use was loaded, Unix time.',
  unit: 's',
});

export const reloadMetrics = [successful, successTime];

/** @param time Unix time in milliseconds */
export function reloadFamilies(wasSuccessful: boolean, time: number): Family[] {
  return [successful.of(wasSuccessful ? 1 : 0), successTime.of(time / 1000)];
}
