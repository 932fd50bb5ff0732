/** The entry point: wires command line, configuration, API and command; nothing else does. */
import { serve } from './commands/run.ts';
import { parseCommandLine } from './config/command-line.ts';
import { ConfigError } from './config/config-error.ts';
import { LiveConfig } from './config/live.ts';
import { leave } from './leave.ts';
import { openWindows } from './ras/open.ts';
import { isHanging } from './ras/windows.ts';
import { printable } from './text/printable.ts';

async function main(args: readonly string[]): Promise<void> {
  const invocation = parseCommandLine(args);
  if (invocation.command === 'print') {
    await print(invocation.text);
    return;
  }
  const source = { flags: invocation.flags, environment: process.env };
  if (invocation.command === 'config check') {
    const { checkConfig } = await import('./commands/config-check.ts');
    await print(await checkConfig(invocation.file, source));
    return;
  }
  if (invocation.command === 'health') {
    const { health } = await import('./commands/health.ts');
    await print(await health(source));
    return;
  }
  const live = await LiveConfig.load(source);
  const { config } = live;
  const { windows, problem } = await openWindows(config);
  if (invocation.command === 'check') {
    if (problem !== undefined && config.ras.api === 'rasapi32') throw problem;
    const { check } = await import('./commands/check.ts');
    const { text, complete } = await check(config, windows, invocation.json);
    await print(text);
    await leave(complete ? 0 : 1, isHanging(windows));
    return;
  }
  await serve(config, windows, problem, live);
}

/** Writes to standard output. A reader that has seen enough (`| head`) is no error; a full disk is. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve();
      else reject(new Error(`standard output cannot be written: ${error.message}`));
    });
    process.stdout.write(text, (error) => {
      if (!error) resolve();
    });
  });
}

/** 2 for what was asked for wrongly, 1 for what could not be had. */
main(process.argv.slice(2)).catch((error: unknown) => {
  const messages =
    error instanceof ConfigError ? error.problems : [error instanceof Error ? error.message : String(error)];
  // Where nobody listens, the exit code still tells.
  process.stderr.once('error', () => {});
  for (const message of messages) process.stderr.write(`ras_exporter: ${printable(message)}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});
