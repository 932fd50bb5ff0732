/**
 * The exporter on Linux over the double: everything is the product's own except for the path of the DLL, which the product
 * takes from Windows.
 *
 * `node serve-double.ts LIBRARY [flags]`
 */
import { serve } from '../../src/commands/run.ts';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { resolveConfig } from '../../src/config/config.ts';
import { openRasapi32 } from '../../src/ras/rasapi32/rasapi32.ts';
import { machine } from './machine.ts';

const [path, ...flags] = process.argv.slice(2);
const invocation = parseCommandLine(flags);
if (path === undefined || invocation.command !== 'run') throw new Error('usage: serve-double.ts LIBRARY [flags]');
await serve({ config: resolveConfig(invocation.flags, {}), windows: machine(openRasapi32({ path })) });
