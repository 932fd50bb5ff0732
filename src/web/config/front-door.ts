/**
 * What stands between a connection and the routes when there is a web configuration file, in the toolkit's order: configuration
 * (500), rate limit (429), headers, users (401).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from '../../logging/logger.ts';
import type { Door, FrontDoor } from '../front-door.ts';
import { plainText } from '../plain-text.ts';
import { parseBasicAuth } from './basic-auth.ts';
import { CurrentConfig } from './current.ts';
import { networkOf } from './network.ts';
import { Passwords } from './passwords.ts';
import { RateLimiter } from './rate-limit.ts';
import { SecureConnections } from './secure.ts';
import { validateWebConfig } from './validate.ts';
import { type Secret, WebConfigError } from './web-config.ts';

/**
 * Opens a web configuration file.
 *
 * @throws WebConfigError when it cannot be used, or what it points to
 */
export function openFrontDoor(file: string, log: Logger): FrontDoor {
  validateWebConfig(file);
  const current = new CurrentConfig(file, log);
  const { tls, rateLimit } = current.good;
  const passwords = new Passwords(log);
  const limiters = new WeakMap<IncomingMessage, RateLimiter>();
  return {
    tls: tls !== undefined,
    open(accept): Door {
      const limiter = rateLimit === undefined ? undefined : new RateLimiter(rateLimit);
      const secure = tls === undefined ? undefined : new SecureConnections(current, tls, log, accept);
      return {
        shakeHands: secure === undefined ? undefined : (socket) => secure.shakeHands(socket),
        arrive(request) {
          if (limiter !== undefined) limiters.set(request, limiter);
        },
      };
    },
    guard(request, response, next) {
      const config = current.get();
      if (config instanceof WebConfigError) plainText(response, 500, 'Internal Server Error');
      else if (limiters.get(request)?.allow() === false) plainText(response, 429, 'Too Many Requests');
      else {
        for (const [name, value] of config.headers) response.setHeader(name, value);
        if (config.users.size === 0) next();
        else void authenticate(config.users, request, response, next);
      }
    },
    close: () => passwords.close(),
  };

  async function authenticate(
    users: ReadonlyMap<string, Secret>,
    request: Request,
    response: Response,
    next: NextFunction,
  ): Promise<void> {
    const credentials = parseBasicAuth(request.headers.authorization);
    const asker = { from: networkOf(request.socket.remoteAddress ?? ''), waits: () => !response.destroyed };
    const verdict = credentials === undefined ? 'wrong' : await passwords.check(credentials, users, asker);
    // Nobody waits for the answer any more.
    if (response.destroyed) return;
    switch (verdict) {
      case 'right':
        next();
        return;
      case 'wrong':
        refuse(response);
        return;
      case 'busy':
        response.setHeader('Retry-After', '10');
        plainText(response, 503, 'Too many passwords to check, try again later.');
        return;
    }
  }
}

function refuse(response: ServerResponse): void {
  response.setHeader('WWW-Authenticate', 'Basic');
  plainText(response, 401, 'Unauthorized');
}
