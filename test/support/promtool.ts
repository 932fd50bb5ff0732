/** `promtool check metrics`: what the authors of Prometheus find wrong with an exposition. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What promtool says; empty when it finds nothing. */
export async function promtoolFindings(exposition: string): Promise<string> {
  const promtool = spawn('promtool', ['check', 'metrics'], { stdio: 'pipe' });
  let said = '';
  for (const output of [promtool.stdout, promtool.stderr]) {
    output.on('data', (text) => {
      said += String(text);
    });
  }
  const closed = once(promtool, 'close');
  promtool.stdin.end(exposition);
  const [exitCode] = await closed;
  return exitCode === 0 ? said : `${said}exit code ${exitCode}`;
}
