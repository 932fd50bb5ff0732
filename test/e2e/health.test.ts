/** `ras_exporter health`, as the health check of a container runs it: with the environment of the exporter. */
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startExporterProcess } from '../support/exporter-process.ts';
import { endPrograms, freePort, startProgram } from '../support/program.ts';
import { USERS_YAML, useWebConfig } from '../support/web-config.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
afterEach(endPrograms);

const web = useWebConfig();

function health(address: string, ...flags: string[]) {
  const env = { RAS_EXPORTER_WEB_LISTEN_ADDRESS: address };
  return startProgram(process.execPath, [main, 'health', ...flags], { env }).ended;
}

describe('ras_exporter health', { timeout: 40_000 }, () => {
  it('finds the exporter at the address of its environment, also where that means all of them', async () => {
    const { port } = await startExporterProcess();
    const url = `http://127.0.0.1:${port}/-/healthy`;
    const answered = { exitCode: 0, stdout: `${url} answered 200\n`, stderr: '' };
    expect(await health(`127.0.0.1:${port}`)).toMatchObject(answered);
    expect(await health(`:${port}`)).toMatchObject(answered);
    expect(await health(`0.0.0.0:${port}`)).toMatchObject(answered);
  });

  it('fails where nobody listens', async () => {
    const port = await freePort();
    expect(await health(`127.0.0.1:${port}`)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `ras_exporter: http://127.0.0.1:${port}/-/healthy does not answer: connect ECONNREFUSED 127.0.0.1:${port}\n`,
    });
  });

  it('is content with an exporter that wants TLS, or a login', async () => {
    const asks = async (config: string) => {
      web.write(config);
      const { port } = await startExporterProcess([`--web.config.file=${web.file}`]);
      return (await health(`127.0.0.1:${port}`)).stdout;
    };
    expect(await asks(USERS_YAML)).toMatch(/ answered 401\n$/);
    const { server } = web.certificates();
    expect(await asks(`tls_server_config: { cert_file: ${server.certFile}, key_file: ${server.keyFile} }`)).toMatch(
      / answered 400\n$/,
    );
  });

  it('does not mind a file that has become wrong: the exporter goes on with what it read before', async () => {
    const { port } = await startExporterProcess();
    const file = join(web.folder, 'config.yml');
    writeFileSync(file, `web.listen-address: '127.0.0.1:${port}'\nlog.level: loud\n`);
    const { exitCode } = await startProgram(process.execPath, [main, 'health', `--config.file=${file}`]).ended;
    expect(exitCode).toBe(0);
  });

  it('asks nobody where the file does not tell who is to be asked', async () => {
    const file = join(web.folder, 'lost.yml');
    const asked = (text: string | undefined, environment: Record<string, string> = {}) => {
      if (text === undefined) rmSync(file, { force: true });
      else writeFileSync(file, text);
      return startProgram(process.execPath, [main, 'health', `--config.file=${file}`], { env: environment }).ended;
    };
    const unknown = (why: string) => ({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(`ras_exporter: it is not known where the exporter listens: ${file}${why}`),
    });
    expect(await asked(undefined)).toMatchObject(unknown(': cannot be read: ENOENT'));
    expect(await asked('web: [')).toMatchObject(unknown(':1: not valid YAML'));
    expect(await asked('web.listen-adress: 127.0.0.1:1\n')).toMatchObject(
      unknown(':1: web.listen-adress: there is no'),
    );
    expect(await asked('web.listen-address: { port: 1 }\n')).toMatchObject(unknown(':1: web.listen-address: expected'));
    expect(await asked('web.listen-address: nowhere\n')).toMatchObject(unknown(':1: web.listen-address'));
    // The environment comes before the file, whatever that says.
    const { port } = await startExporterProcess();
    const environment = { RAS_EXPORTER_WEB_LISTEN_ADDRESS: `127.0.0.1:${port}` };
    expect(await asked('web: [', environment)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await asked(undefined, environment)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  const servers: ReturnType<typeof createServer>[] = [];
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    const port = await freePort();
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    return `127.0.0.1:${port}`;
  }

  it('fails on an error of the server, and when there is no answer in time', async () => {
    const broken = await serve((_, response) => response.writeHead(500).end());
    expect(await health(broken)).toMatchObject({
      exitCode: 1,
      stderr: `ras_exporter: http://${broken}/-/healthy answered 500\n`,
    });
    const silent = await serve(() => {});
    expect(await health(silent)).toMatchObject({
      exitCode: 1,
      stderr: `ras_exporter: http://${silent}/-/healthy does not answer: not within 3000 ms\n`,
    });
  });
});
