/**
 * The exporter as a service on Linux, over a double of advapi32.dll: everything is the product's own but the path of the DLL.
 *
 * `node run-service.ts LIBRARY [flags]`; `CRASH_ON_STOP`: an error that nobody catches when it is told to stop.
 */
import { serve } from '../../src/commands/run.ts';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { resolveConfig } from '../../src/config/config.ts';
import { openWindows } from '../../src/ras/open.ts';
import { runAsService } from '../../src/service/run.ts';

const [path = '', ...flags] = process.argv.slice(2);
await runAsService(
  async (host) => {
    const invocation = parseCommandLine(flags);
    if (invocation.command === 'print') return;
    if (invocation.command !== 'run') throw new Error('usage: run-service.ts LIBRARY [flags]');
    const config = resolveConfig(invocation.flags, {});
    const { windows } = await openWindows(config);
    const onStop: typeof host.onStop = (stop) =>
      host.onStop((reason) => {
        if (process.env.CRASH_ON_STOP === '1') throw new Error('nobody catches this');
        stop(reason);
      });
    await serve({ config, windows, host: { ...host, onStop } });
  },
  { path },
);
