/** A service named RasMan in the Wine prefix of an exporter, under Wine's own service control manager. */
import { onWine } from '../../scripts/wine-prefix.ts';
import { buildWindowsProgram } from './windows-program.ts';
import type { WineExporter } from './wine.ts';

const SOURCE = 'test/windows/service/service.c';

/** What can be done with the service. */
export interface WineService {
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** Installs the service; it is stopped. */
export async function installRasMan(exporter: WineExporter): Promise<WineService> {
  const sc = async (...args: readonly string[]) => {
    const code = await exporter.beside('sc', ...args);
    if (code !== 0) throw new Error(`sc ${args.join(' ')}: exit code ${code}`);
  };
  await sc('create', 'RasMan', 'binPath=', onWine(await buildWindowsProgram(SOURCE)), 'start=', 'demand');
  return {
    start: () => sc('start', 'RasMan'),
    stop: () => sc('stop', 'RasMan'),
    remove: () => sc('delete', 'RasMan'),
  };
}
