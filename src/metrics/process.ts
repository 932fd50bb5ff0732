/**
 * The exporter's own process: memory, CPU time, Node.js.
 *
 * prom-client's default metrics watch the event loop with a timer of 10 ms, which is most of what an idle exporter would do,
 * and name gauges `_total`. These are the same names without both.
 */
import { readdirSync } from 'node:fs';
import { counter, type Family, gauge, info } from './metric.ts';

const cpuUser = counter('process_cpu_user_seconds_total', { help: 'User CPU time spent.', unit: 's' });
const cpuSystem = counter('process_cpu_system_seconds_total', { help: 'System CPU time spent.', unit: 's' });
const cpu = counter('process_cpu_seconds_total', { help: 'User and system CPU time spent.', unit: 's' });
const startTime = gauge('process_start_time_seconds', { help: 'Start of the process, Unix time.', unit: 's' });
const resident = gauge('process_resident_memory_bytes', { help: 'Resident memory.', unit: 'By' });
const openFds = gauge('process_open_fds', { help: 'Open file descriptors; Linux only.' });
const heapTotal = gauge('nodejs_heap_size_total_bytes', { help: 'Size of the JavaScript heap.', unit: 'By' });
const heapUsed = gauge('nodejs_heap_size_used_bytes', { help: 'Used part of the JavaScript heap.', unit: 'By' });
const external = gauge('nodejs_external_memory_bytes', { help: 'Memory of buffers outside the heap.', unit: 'By' });
const nodeVersion = info('nodejs_version_info', { help: 'Version of Node.js.', labels: ['version'] });

export const processMetrics = [
  cpuUser,
  cpuSystem,
  cpu,
  startTime,
  resident,
  openFds,
  heapTotal,
  heapUsed,
  external,
  nodeVersion,
];

/** The process as it is now. */
export function processFamilies(): Family[] {
  const used = process.cpuUsage();
  const memory = process.memoryUsage();
  const families = [
    cpuUser.of(used.user / 1e6),
    cpuSystem.of(used.system / 1e6),
    cpu.of((used.user + used.system) / 1e6),
    startTime.of(performance.timeOrigin / 1000),
    resident.of(memory.rss),
    heapTotal.of(memory.heapTotal),
    heapUsed.of(memory.heapUsed),
    external.of(memory.external),
    nodeVersion.of(1, { version: process.version }),
  ];
  const open = countOpenFds();
  if (open !== undefined) families.push(openFds.of(open));
  return families;
}

function countOpenFds(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    // Not Linux, or none left to count with.
    return undefined;
  }
}
