/** `POST /-/reload`: reads the configuration again. */
import type { Request, Response } from 'express';
import { ConfigError } from '../config/config-error.ts';
import type { ReloadReport } from '../config/live.ts';
import { plainText } from './plain-text.ts';

/**
 * A handler for every method of the path.
 *
 * @param allowed `--web.enable-lifecycle`
 */
export function reloadRoute(allowed: boolean, reload: () => Promise<ReloadReport>) {
  return async (request: Request, response: Response): Promise<void> => {
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST');
      plainText(response, 405, 'Method not allowed');
      return;
    }
    if (!allowed) {
      plainText(response, 403, 'Reloading is not enabled; start with --web.enable-lifecycle');
      return;
    }
    try {
      plainText(response, 200, answer(await reload()));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      plainText(response, 500, `The configuration before stays in use:\n${error.problems.join('\n')}`);
    }
  };
}

function answer({ changed, kept }: ReloadReport): string {
  const lines = [changed.length === 0 ? 'Reloaded, nothing has changed' : `Reloaded: ${changed.join(', ')}`];
  if (kept.length > 0) lines.push(`Taken at the next start: ${kept.join(', ')}`);
  return lines.join('\n');
}
