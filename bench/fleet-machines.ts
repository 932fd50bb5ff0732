/**
 * A thousand exporters in one process: `node bench/fleet-machines.ts PORT MACHINES`. Machine N answers on `/N/metrics`. All but
 * the sockets is the product: API, collectors, scrape, output.
 */
import { createServer, type ServerResponse } from 'node:http';
import { allCollectors } from '../src/collectors/index.ts';
import { Scraper } from '../src/collectors/scrape.ts';
import { resolveConfig } from '../src/config/config.ts';
import { buildFamily } from '../src/metrics/build.ts';
import { processFamilies } from '../src/metrics/process.ts';
import { negotiateFormat } from '../src/outputs/prometheus/accept.ts';
import { render } from '../src/outputs/prometheus/render.ts';
import { parseScenario } from '../src/ras/simulated/parse.ts';
import { createSimulatedWindows } from '../src/ras/simulated/windows.ts';

/** A laptop: a device tunnel, a user tunnel that fails now and then, one that is dialled by hand. */
const SCENARIO = parseScenario(
  `entries:
    - name: Device Tunnel
      server: vpn1.example.com
      always_on: true
      timeline:
        - { state: connecting, for: 2s }
        - { state: connected, for: 3h }
    - name: User Tunnel
      server: vpn2.example.com
      always_on: true
      timeline:
        - { state: connecting, for: 3s }
        - { state: authenticating, for: 2s }
        - { state: connected, for: 47m }
        - { state: failed, error: 829, for: 10s }
        - { state: connecting, for: 15s }
        - { state: failed, error: 809, for: 40s }
        - { state: connecting, for: 15s }
        - { state: failed, error: 809, for: 7m }
    - name: Partner
      device: WAN Miniport (SSTP)
      server: partner.example.com
      timeline:
        - { state: disconnected, for: 40m }
        - { state: connecting, for: 3s }
        - { state: connected, for: 20m }
  `,
  'fleet',
);

const SECOND = 1000;

const [port = '0', count = '1000'] = process.argv.slice(2);
const config = resolveConfig({}, {});
const machines = Array.from({ length: Number(count) }, (_, index) => {
  let ahead = 0;
  const windows = createSimulatedWindows({ scenario: SCENARIO, clock: () => performance.now() + ahead });
  // Each machine is somewhere else in its day.
  ahead = index * 11 * SECOND;
  return new Scraper(windows, allCollectors(config));
});

async function answer(scraper: Scraper, accept: string | undefined, response: ServerResponse): Promise<void> {
  const { families } = await scraper.scrape(10_000);
  const format = negotiateFormat(accept);
  response.setHeader('Content-Type', format.contentType);
  response.end(await render([...families, buildFamily('simulated'), ...processFamilies()], format));
}

createServer((request, response) => {
  const number = Number(/^\/(\d+)\/metrics$/.exec(request.url ?? '')?.[1]);
  const scraper = machines[number];
  if (request.url === '/ready') response.end();
  else if (scraper === undefined) response.writeHead(404).end();
  else void answer(scraper, request.headers.accept, response);
}).listen(Number(port), '127.0.0.1');
