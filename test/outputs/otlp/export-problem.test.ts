/** What is said of failed pushes where the words of a backend must not be repeated, and where they may. */
import { describe, expect, it } from 'vitest';
import { makeCensor } from '../../../src/outputs/otlp/censor.ts';
import { exportProblem } from '../../../src/outputs/otlp/export-problem.ts';

const endpoint = 'https://otlp.example.com';
const open = makeCensor({ headers: {}, endpoint });
const discreet = makeCensor({ headers: { authorization: 'Bearer hunter2' }, endpoint });

function error(message: string, code: number | string): Error {
  return Object.assign(new Error(message), { code });
}

describe('a failure', () => {
  it.each([
    ['16 UNAUTHENTICATED: no such token 2retnuh', 'gRPC 16', 'gRPC 16 UNAUTHENTICATED'],
    [
      '14 UNAVAILABLE: No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:4317',
      'gRPC 14',
      'gRPC 14 UNAVAILABLE: ECONNREFUSED',
    ],
    ['2retnuh', 'gRPC 16', 'gRPC 16 '],
  ])('over gRPC (%s) is %s, and without the words of the backend: %s', (message, kind, text) => {
    const code = Number(kind.slice(5));
    expect(exportProblem(error(message, code), discreet)).toEqual({ kind, text });
    expect(exportProblem(error(message, code), open)).toEqual({ kind, text: `gRPC ${message}` });
  });

  it('of the connection keeps its own words, but no secret', () => {
    const problem = exportProblem(error('connect ECONNREFUSED 127.0.0.1:4318 (hunter2)', 'ECONNREFUSED'), discreet);
    const text = 'connect ECONNREFUSED 127.0.0.1:4318 (<redacted>)';
    expect(problem).toEqual({ kind: 'ECONNREFUSED', text });
  });
});
