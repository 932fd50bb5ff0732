/** promtool: what the authors of Prometheus find wrong with an exposition, or with rules. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What `promtool check metrics` says; empty when it finds nothing. */
export async function promtoolFindings(exposition: string): Promise<string> {
  const { exitCode, said } = await runPromtool(['check', 'metrics'], exposition);
  return exitCode === 0 ? said : `${said}exit code ${exitCode}`;
}

/** What promtool says, and how it ends. */
export async function runPromtool(args: readonly string[], input = '') {
  const promtool = spawn('promtool', args, { stdio: 'pipe' });
  let said = '';
  for (const output of [promtool.stdout, promtool.stderr]) {
    output.on('data', (text) => {
      said += String(text);
    });
  }
  const closed = once(promtool, 'close');
  promtool.stdin.end(input);
  const [exitCode] = await closed;
  return { exitCode: Number(exitCode), said };
}
