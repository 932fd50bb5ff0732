/** How a call into Windows fails; each error names the function. */
import { errorText } from './errors.ts';

/** Windows answered, and the answer is an error: `code` is a return value or GetLastError, never dwError. */
export class CallError extends Error {
  readonly function: string;
  readonly code: number;

  constructor(func: string, code: number) {
    super(`${func} returned ${errorText(code)}`);
    this.name = 'CallError';
    this.function = func;
    this.code = code;
  }
}

/** Windows did not answer in time, or an earlier call on the same lane has not returned. */
export class CallTimeout extends Error {
  readonly function: string;

  constructor(func: string, message: string) {
    super(message);
    this.name = 'CallTimeout';
    this.function = func;
  }
}

/** Windows reported success, and what it was to write is not there or makes no sense. */
export class BadAnswer extends Error {
  readonly function: string;

  constructor(func: string, message: string) {
    super(message);
    this.name = 'BadAnswer';
    this.function = func;
  }
}

/** The DLL cannot be loaded, or does not export the function. */
export class FunctionMissing extends Error {
  readonly function: string;

  constructor(func: string, message: string) {
    super(message);
    this.name = 'FunctionMissing';
    this.function = func;
  }
}

/** No call was made, because the service that it needs is stopped and the call would start it. */
export class ServiceStopped extends Error {
  readonly service: string;

  constructor(service: string) {
    super(`the service ${service} is not running`);
    this.name = 'ServiceStopped';
    this.service = service;
  }
}
