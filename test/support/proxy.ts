/** A proxy on the loopback interface that tells what was asked and answered, and may ask for another format. */
import { createServer, request, type Server } from 'node:http';

/** What passed through. */
export interface Exchange {
  readonly accept: string;
  readonly contentType: string;
  readonly encoding: string;
}

export interface ScrapeProxy {
  readonly port: number;
  readonly exchanges: readonly Exchange[];
  close(): void;
}

/** @param accept in place of the Accept header of the client; default: as the client sends it */
export async function startProxy(targetPort: number, accept?: string): Promise<ScrapeProxy> {
  const exchanges: Exchange[] = [];
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, ...(accept === undefined ? {} : { accept }) };
    const options = { host: '127.0.0.1', port: targetPort, path: asked.url, headers, agent: false };
    const forwarded = request(options, (response) => {
      exchanges.push({
        accept: headers.accept ?? '',
        contentType: response.headers['content-type'] ?? '',
        encoding: response.headers['content-encoding'] ?? '',
      });
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    forwarded.end();
  });
  const port = await listening(server);
  return {
    port,
    exchanges,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
