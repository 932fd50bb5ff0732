/** Short answers as plain text, which no browser takes for something else. */
import type { ServerResponse } from 'node:http';

export function plainText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.end(`${text}\n`);
}
