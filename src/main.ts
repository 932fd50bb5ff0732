/** The entry point: wires command line, configuration, API and command; nothing else does. */
import { complain, exitCodeOf, type Host, problemsOf, terminal } from './commands/host.ts';
import { serve } from './commands/run.ts';
import { type Invocation, parseCommandLine } from './config/command-line.ts';
import { ConfigError } from './config/config-error.ts';
import { LiveConfig } from './config/live.ts';
import { isServiceRun } from './config/service-commands.ts';
import { leave } from './leave.ts';
import { openWindows } from './ras/open.ts';
import { isHanging } from './ras/windows.ts';
import type { ServiceOrder } from './service/manage/command.ts';

async function main(args: readonly string[]): Promise<void> {
  if (isServiceRun(args)) {
    requireServices();
    const { runAsService } = await import('./service/run.ts');
    await runAsService((host) => run(serviceInvocation(args), host));
  } else {
    await run(parseCommandLine(args), terminal);
  }
}

/** @throws ConfigError for anything else than to run, of which a service manager would see no end */
function serviceInvocation(args: readonly string[]): Invocation {
  const invocation = parseCommandLine(args);
  if (invocation.command === 'run') return invocation;
  throw new ConfigError(
    'service run takes the flags of the exporter only; for --version and --help leave out service run',
  );
}

async function run(invocation: Invocation, host: Host): Promise<void> {
  if (invocation.command === 'print') {
    await print(invocation.text);
    return;
  }
  if (invocation.command === 'service') {
    await manage(invocation);
    return;
  }
  const source = { flags: invocation.flags, environment: process.env, defaults: host.defaults };
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
  await serve({ config, windows, problem, live, host });
}

async function manage(order: ServiceOrder): Promise<void> {
  requireServices();
  const [{ manageService }, { ServiceControl }] = await Promise.all([
    import('./service/manage/command.ts'),
    import('./service/manage/service-control.ts'),
  ]);
  const control = new ServiceControl();
  const [node, script = ''] = process.argv;
  try {
    const { text, exitCode } = await manageService(control, order, [node ?? '', script], process.env);
    await print(text);
    process.exitCode = exitCode;
  } finally {
    // Once the caller has said what is wrong: the process would wait for the call.
    if (control.hanging) setTimeout(() => void leave(1, true), 100);
  }
}

/** @throws ConfigError where there is no service control manager */
function requireServices(): void {
  if (process.platform === 'win32') return;
  throw new ConfigError('service is for Windows; here run ras_exporter itself, under systemd or in a container');
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

main(process.argv.slice(2)).catch((error: unknown) => {
  complain(problemsOf(error));
  process.exitCode = exitCodeOf(error);
});
