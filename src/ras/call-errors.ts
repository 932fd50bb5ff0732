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
  /** Whether this very call was made and has not returned; if not, it was never made. */
  readonly wasCalled: boolean;

  constructor(func: string, message: string, wasCalled = false) {
    super(message);
    this.name = 'CallTimeout';
    this.function = func;
    this.wasCalled = wasCalled;
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
  /** Whether it was seen to be stopped just now; if not, it was when its state was last told. */
  readonly isCertain: boolean;

  /** @param lastSeen the state that it was last seen in, when its state is not known now */
  constructor(service: string, lastSeen?: string) {
    super(
      lastSeen === undefined
        ? `the service ${service} is not running`
        : `the state of the service ${service} is not known now; it was ${lastSeen} when last seen`,
    );
    this.name = 'ServiceStopped';
    this.service = service;
    this.isCertain = lastSeen === undefined;
  }
}
