/** Which machines and jobs have an exporter, also while it does not answer: what is known of them is then of before. */
import { JOB, MACHINE } from './variables.ts';

/** So long a machine that has fallen silent is remembered by what it said itself: for queries about a few machines … */
const MACHINE_KNOWN_FOR = '1d';

/** … and for those about thousands, of which each sample is read. */
const MACHINES_KNOWN_FOR = '1h';

/** The chosen machines that have an exporter, or had one within the last day. */
export const OUR_MACHINES = `last_over_time(ras_exporter_build_info{${MACHINE}}[${MACHINE_KNOWN_FOR}])`;

/**
 * Something of every chosen job that has exporters: All would be all jobs of the server. Of one whose machines are all down there
 * is what was recorded within the last day, and without recording rules what the machines said within the last hour.
 */
export const OUR_JOBS = `(
  last_over_time(job:ras_machines:count{${JOB}}[${MACHINE_KNOWN_FOR}])
  or last_over_time(ras_exporter_build_info{${JOB}}[${MACHINES_KNOWN_FOR}])
)`;
