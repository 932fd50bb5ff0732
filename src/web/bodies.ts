/**
 * Nothing here reads what a request carries; one that carries anything, or expects anything, is refused, and not listened to any
 * longer.
 */
import type { NextFunction, Request, Response } from 'express';
import { plainText } from './plain-text.ts';

/** Middleware before everything else: whoever answers such a request, its connection ends, and its body is not read. */
export function closeAfterBodies(request: Request, response: Response, next: NextFunction): void {
  if (hasBody(request) || request.headers.expect !== undefined) response.setHeader('Connection', 'close');
  next();
}

/** Middleware after those who say who may ask. */
export function refuseBodies(request: Request, response: Response, next: NextFunction): void {
  const { expect } = request.headers;
  if (hasBody(request)) plainText(response, 413, 'Requests must not have a body');
  else if (expect !== undefined && expect.toLowerCase() !== '100-continue')
    plainText(response, 417, 'Expectation failed');
  else next();
}

function hasBody({ headers }: Request): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0);
}
