/**
 * A process that logs into the event log and ends as the exporter does.
 *
 * `node log-and-leave.ts LIBRARY`
 */
import { leave } from '../../src/leave.ts';
import { openEventLogSink } from '../../src/logging/eventlog/eventlog-sink.ts';
import { logInto } from '../../src/logging/logger.ts';

const [path = ''] = process.argv.slice(2);
const log = logInto(openEventLogSink({ path }), { level: 'info', format: 'logfmt' });
log.info('Stopping');
await log.close(500);
await leave(0, log.busy);
