/** The entry point: wires command line, configuration, API and command; nothing else does. */
import { startExporter } from './commands/run.ts';
import { parseCommandLine } from './config/command-line.ts';
import { type Config, ConfigError, resolveConfig } from './config/config.ts';
import { leave } from './leave.ts';
import { type Logger, openLogger } from './logging/logger.ts';
import type { RasApi } from './ras/api.ts';
import { openRasApi } from './ras/open.ts';
import { printable } from './text/printable.ts';

/** Milliseconds that a stop leaves to requests in flight. */
const STOP_GRACE = 4000;

async function main(args: readonly string[]): Promise<void> {
  const invocation = parseCommandLine(args);
  if (invocation.command === 'print') {
    process.stdout.write(invocation.text);
    return;
  }
  const config = resolveConfig(invocation.flags, process.env);
  const { ras, problem } = await openRasApi(config);
  // Asked for by name it has to be there; chosen by default, its absence is something to report.
  if (problem !== undefined && config.ras.api === 'rasapi32') throw problem;
  if (invocation.command === 'check') {
    const { check } = await import('./commands/check.ts');
    const { text, complete } = await check(config, ras, invocation.json);
    await new Promise((resolve) => process.stdout.write(text, resolve));
    await leave(complete ? 0 : 1, ras.hanging);
    return;
  }
  await run(config, ras, problem);
}

async function run(config: Config, ras: RasApi, problem: Error | undefined): Promise<void> {
  const log = openLog(config);
  if (problem !== undefined) log.error('The RAS API cannot be loaded', { err: problem.message });
  const exporter = await startExporter(config, ras, problem === undefined, log);
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info('Stopping', { signal });
    await exporter.stop(STOP_GRACE);
    await leave(0, ras.hanging);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(signal, () => void stop(signal));
}

function openLog(config: Config): Logger {
  try {
    return openLogger(config.log);
  } catch (error) {
    throw new ConfigError(`--log.file cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** 2 for what was asked for wrongly, 1 for what could not be had. */
main(process.argv.slice(2)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`ras_exporter: ${printable(message)}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});
