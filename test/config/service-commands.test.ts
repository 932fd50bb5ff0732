/** `ras_exporter service …` on the command line. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { isServiceRun } from '../../src/config/service-commands.ts';

describe('the command service', () => {
  it('run takes the flags of the exporter, and is one', () => {
    expect(parseCommandLine(['service', 'run', '--log.level=debug', '--web.enable-lifecycle'])).toEqual({
      command: 'run',
      flags: { 'log.level': ['debug'], 'web.enable-lifecycle': ['true'] },
    });
  });

  it.each([
    [['service', 'run'], true],
    [['service', 'run', '--no-such-flag'], true],
    [['service', 'run', '--help'], true],
    [['service', 'run', '--version'], true],
    [['service', 'start'], false],
    [['--log.level=debug'], false],
  ])('%j is for the service control manager: %s', (args, is) => {
    expect(isServiceRun(args)).toBe(is);
  });

  it('install takes flags of the exporter and its own', () => {
    const args = [
      'service',
      'install',
      '--service.account',
      'LocalService',
      '--service.start=demand',
      '--log.level=warn',
    ];
    expect(parseCommandLine(args)).toEqual({
      command: 'service',
      action: 'install',
      flags: { 'log.level': ['warn'] },
      account: 'LocalService',
      start: 'demand',
    });
  });

  it.each(['uninstall', 'start', 'stop', 'status'])('%s takes nothing', (action) => {
    const order = { command: 'service', action, flags: {}, account: undefined, start: undefined };
    expect(parseCommandLine(['service', action])).toEqual(order);
    expect(() => parseCommandLine(['service', action, '--log.level=warn'])).toThrow(
      `service ${action} takes no flags, and --log.level was given; service install does`,
    );
    expect(() => parseCommandLine(['service', action, '--service.start=demand'])).toThrow(
      '--service.start belongs to the command service install; see ras_exporter service install --help',
    );
  });

  it('alone says which there are', () => {
    expect(() => parseCommandLine(['service'])).toThrow(
      'service needs a command: install, uninstall, start, stop, status; see ras_exporter service --help',
    );
  });

  it.runIf(process.platform === 'linux').each(['run', 'install', 'status'])(
    '%s is refused where there is no Windows',
    async (action) => {
      const main = resolve(import.meta.dirname, '../../src/main.ts');
      await expect(promisify(execFile)(process.execPath, [main, 'service', action])).rejects.toMatchObject({
        code: 2,
        stderr: 'ras_exporter: service is for Windows; here run ras_exporter itself, under systemd or in a container\n',
      });
    },
  );
});
