/** A real Alertmanager on the loopback interface, whose notifications a webhook of the test receives. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { parse } from 'yaml';
import { freePort, startProgram } from './program.ts';
import { RULES_FOLDER } from './rule-files.ts';

/** An alert of a notification. */
export interface Notified {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Alertmanager {
  /** `127.0.0.1:…` */
  readonly address: string;
  /** What the webhook was told so far, in order. */
  readonly notified: readonly Notified[];
  stop(): void;
}

/** Starts it with the routes and inhibitions of the example, only quicker, and waits until it is ready. */
export async function startAlertmanager(folder: string): Promise<Alertmanager> {
  mkdirSync(folder, { recursive: true });
  const notified: Notified[] = [];
  const webhook = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const { alerts }: { readonly alerts: readonly Notified[] } = JSON.parse(body);
      notified.push(...alerts);
      response.end();
    });
  });
  const webhookPort = await freePort();
  await new Promise<void>((listening) => {
    webhook.listen(webhookPort, '127.0.0.1', () => listening());
  });

  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, quickly(`http://127.0.0.1:${webhookPort}/`));
  const address = `127.0.0.1:${await freePort()}`;
  startProgram('prometheus-alertmanager', [
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=${address}`,
    // It would listen for others of its kind on every interface.
    '--cluster.listen-address=',
  ]);
  await vi.waitFor(async () => expect((await fetch(`http://${address}/-/ready`)).status).toBe(200), {
    timeout: 20_000,
    interval: 100,
  });
  return { address, notified, stop: () => webhook.close() };
}

/** The example with short times, and a webhook instead of people. JSON is YAML. */
function quickly(webhook: string): string {
  const example: Example = parse(readFileSync(join(RULES_FOLDER, 'alertmanager.yaml'), 'utf8'));
  return JSON.stringify({
    ...example,
    route: { ...example.route, group_wait: '2s', group_interval: '1s' },
    receivers: example.receivers.map(({ name }) => ({ name, webhook_configs: [{ url: webhook }] })),
  });
}

interface Example {
  readonly route: object;
  readonly receivers: readonly { readonly name: string }[];
}
