/** Examples in the documentation, run: the configurations of Prometheus by promtool, what the exporter says by the exporter. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeAuthority } from './support/certificates.ts';
import { runExporter } from './support/exporter-process.ts';
import { freePort } from './support/program.ts';
import { runPromtool } from './support/promtool.ts';
import { isMissing } from './support/requirements.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const folder = mkdtempSync(join(tmpdir(), 'ras-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The fenced blocks of a page that are in a language, or in none. */
function blocks(page: string, language: string): readonly string[] {
  const text = readFileSync(join(docs, page), 'utf8');
  return [...text.matchAll(/^```(?<language>\w*)\n(?<content>[\s\S]*?)^```$/gm)]
    .filter(({ groups }) => groups?.language === language)
    .map(({ groups }) => groups?.content ?? '');
}

function write(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

describe.skipIf(isMissing('promtool', 'openssl'))('the examples of docs/scraping.md', { timeout: 60_000 }, () => {
  const configs = blocks('scraping.md', 'yaml');
  const [targets = ''] = blocks('scraping.md', 'json');
  const configWith = (text: string) => configs.find((config) => config.includes(text)) ?? '';

  it('are configurations that Prometheus takes', async () => {
    expect(configs.length).toBeGreaterThan(5);
    write('ras/north.json', targets);
    write('secrets/inventory-token', 'token');
    write('secrets/password', 'password');
    const authority = await makeAuthority(join(folder, 'authority'));
    const { cert, key } = await authority.sign('prometheus', ['DNS:prometheus.example.com']);
    write('secrets/ca.crt', authority.cert);
    write('secrets/prometheus.crt', cert);
    write('secrets/prometheus.key', key);
    for (const config of configs.filter((text) => !text.includes('kubernetes_sd_configs'))) {
      const { exitCode, said } = await runPromtool(['check', 'config', write('prometheus.yml', config)]);
      expect({ exitCode, said: said.replaceAll(folder, '') }, config).toMatchObject({
        exitCode: 0,
        said: expect.not.stringMatching(/warning|does not exist|failed/i),
      });
    }
  });

  /** What Prometheus makes of the targets of a configuration. */
  async function discovered(config: string): Promise<readonly Readonly<Record<string, string>>[]> {
    // promtool waits for the whole of its time, which a busy machine may need more of.
    for (const seconds of [5, 30]) {
      const file = write('prometheus.yml', config);
      const { exitCode, said } = await runPromtool([
        'check',
        'service-discovery',
        `--timeout=${seconds}s`,
        file,
        'ras',
      ]);
      expect({ exitCode, said }).toMatchObject({ exitCode: 0 });
      // Between the lines of a log.
      const [json = '[]'] = /^\[$[\s\S]*^\]$/m.exec(said) ?? [];
      const found: readonly { readonly labels: Readonly<Record<string, string>> }[] = JSON.parse(json);
      if (found.length > 0) return found.map(({ labels }) => labels);
    }
    throw new Error('promtool has found nothing');
  }

  it('find the machines that a file lists', async () => {
    write('ras/north.json', targets);
    expect(await discovered(configWith('file_sd_configs'))).toMatchObject([
      { job: 'ras', instance: 'berlin.example.com:10600', site: 'north' },
      { job: 'ras', instance: 'hamburg.example.com:10600', site: 'north' },
      { job: 'ras', instance: 'laptop1.example.com:10600', site: 'north', roaming: 'true' },
    ]);
  });

  it('find the machines that a server lists', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      asked.push(headers.authorization);
      response.setHeader('Content-Type', 'application/json').end(targets);
    });
    const port = await freePort();
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    write('secrets/inventory-token', 'token');
    const config = configWith('http_sd_configs').replace('https://inventory.example.com', `http://127.0.0.1:${port}`);
    expect(await discovered(config)).toHaveLength(3);
    expect(asked).toContain('Bearer token');
    server.closeAllConnections();
    server.close();
  });

  it('take the port out of what machines are called', async () => {
    expect(await discovered(configWith('relabel_configs:\n      - { source_labels: [__address__]'))).toMatchObject([
      { instance: 'berlin.example.com', __address__: 'berlin.example.com:10600' },
      { instance: 'hamburg.example.com', __address__: 'hamburg.example.com:10600' },
    ]);
  });

  it('keep the port for metrics of the pods of the exporter, and call them by their node', async () => {
    // Debian's Prometheus is built without the discovery of Kubernetes: what that finds is put in its place.
    const pod = (name: string, port: string) => ({
      targets: ['10.0.0.7:10600'],
      labels: {
        __meta_kubernetes_pod_label_app_kubernetes_io_name: name,
        __meta_kubernetes_pod_container_port_name: port,
        __meta_kubernetes_pod_node_name: `node-of-${name}-${port}`,
      },
    });
    const pods = [pod('ras-exporter', 'metrics'), pod('ras-exporter', 'other'), pod('something', 'metrics')];
    const discovery = /kubernetes_sd_configs:\n( {6}.*\n)+/;
    const config = configWith('kubernetes_sd_configs');
    expect(config).toMatch(discovery);
    const found = await discovered(config.replace(discovery, `static_configs: ${JSON.stringify(pods)}\n`));
    const kept = found.filter(({ instance }) => instance !== undefined);
    expect(kept).toMatchObject([{ job: 'ras', instance: 'node-of-ras-exporter-metrics' }]);
  });
});

describe('what docs/troubleshooting.md shows', { timeout: 60_000 }, () => {
  const shown = blocks('troubleshooting.md', '').filter((block) => !block.startsWith('curl.exe '));

  /** Part of the output → what happens to a machine whose one connection is up. */
  const TROUBLES: Readonly<Record<string, string>> = {
    'RasEnumDevicesW was not called': 'api: [{ function: RasEnumConnectionsW, from: 0s, hang: true }]',
    'The service RasMan is not running': 'services: [{ service: RasMan, state: stopped, from: 0s }]',
    'RasEnumConnectionsW returned 711': 'api: [{ function: RasEnumConnectionsW, from: 0s, returns: 711 }]',
    'RasGetConnectStatusW returned 5': 'api: [{ function: RasGetConnectStatusW, from: 0s, returns: 5 }]',
    'EvtQuery returned 5': 'event_log: [{ from: 0s, returns: 5 }]',
  };

  /** The lines without how long it took. */
  const untimed = (text: string) =>
    text.replaceAll(/(?<=^collector .*), [\d.]+ s$/gm, '').replaceAll(/(?<=has not returned for )\d+(?= s$)/gm, 'N');

  it.each(Object.entries(TROUBLES))('is what check says: %s', async (part, trouble) => {
    const blocksWith = shown.filter((block) => block.includes(part));
    expect(blocksWith).toHaveLength(1);
    const entry = '{ name: Office VPN, server: vpn.example.com, always_on: true, timeline: [{ state: connected }] }';
    const scenario = write('trouble.yaml', `entries: [${entry}]\n${trouble}\n`);
    const { stdout } = await runExporter(['check', `--simulation.scenario=${scenario}`]);
    // How long a call has hung is rounded to seconds, one way or the other.
    const said = untimed(stdout).split('\n');
    for (const line of untimed(blocksWith[0]?.trimEnd() ?? '').split('\n')) expect(said).toContain(line);
  });

  it('is all tried here', () => {
    for (const block of shown) expect(Object.keys(TROUBLES).filter((part) => block.includes(part))).toHaveLength(1);
  });
});
