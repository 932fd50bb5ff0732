/** Nothing here reads what a request carries; one that carries anything is refused, and not listened to any longer. */
import type { NextFunction, Request, Response } from 'express';
import { plainText } from './plain-text.ts';

/** Middleware. */
export function refuseBodies(request: Request, response: Response, next: NextFunction): void {
  const length = request.headers['content-length'];
  if (request.headers['transfer-encoding'] === undefined && (length === undefined || Number(length) === 0)) {
    next();
    return;
  }
  response.setHeader('Connection', 'close');
  plainText(response, 413, 'Requests must not have a body');
}
