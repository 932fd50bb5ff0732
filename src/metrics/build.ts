/** What this exporter is. */
import type { RasApiName } from '../ras/api.ts';
import { REVISION, VERSION } from '../version.ts';
import { type Family, info } from './metric.ts';

const buildInfo = info('ras_exporter_build_info', {
  help: 'Version of the exporter, and which API answers: rasapi32 or simulated.',
  labels: ['version', 'revision', 'node_version', 'api'],
});

export const buildMetrics = [buildInfo];

/** `ras_exporter_build_info`. */
export function buildFamily(api: RasApiName): Family {
  return buildInfo.of(1, { version: VERSION, revision: REVISION, node_version: process.version, api });
}
