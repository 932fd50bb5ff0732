/**
 * What backends answer to pushes that went through. The exporters of the SDK tell nobody but their log, right before they report
 * success.
 */

/** `partial`: values were rejected. `foreign`: whoever answered does not speak OTLP, such as the page of a captive portal. */
export interface Answer {
  readonly kind: 'complete' | 'partial' | 'foreign';
  /** How many were rejected. */
  readonly rejected: number;
  /** The words of the backend. */
  readonly message: string;
}

const COMPLETE: Answer = { kind: 'complete', rejected: 0, message: '' };
const FOREIGN: Answer = { kind: 'foreign', rejected: 0, message: '' };

const PARTIAL = 'Received Partial Success response:';
const NOT_OTLP = /^Failed to parse metrics export response|^Export succeeded but could not deserialize response/;

export class Answers {
  #last: Answer = COMPLETE;

  /**
   * Takes note of a message of the SDK.
   *
   * @returns whether it was one about an answer, of which nothing else need be said
   */
  note(parts: readonly unknown[]): boolean {
    const texts = parts.filter((part) => typeof part === 'string');
    const partial = texts.indexOf(PARTIAL);
    if (partial !== -1) {
      const answer = readPartial(texts[partial + 1] ?? '');
      // A backend that took everything may still have something to remark.
      if (answer.rejected <= 0) return answer.message === '';
      this.#last = answer;
      return true;
    }
    if (!texts.some((text) => NOT_OTLP.test(text))) return false;
    this.#last = isJson(parts.find((part) => part instanceof Uint8Array)) ? COMPLETE : FOREIGN;
    return true;
  }

  /** The answer to the request that has just succeeded. */
  take(): Answer {
    const answer = this.#last;
    this.#last = COMPLETE;
    return answer;
  }
}

/** Some backends answer in JSON whatever they were sent: not as it should be, but theirs. */
function isJson(body: Uint8Array | undefined): boolean {
  return body !== undefined && Buffer.from(body).toString().trimStart().startsWith('{');
}

/** JSON, in which the number is a text when it came in JSON. */
function readPartial(json: string): Answer {
  const said: unknown = JSON.parse(json);
  if (typeof said !== 'object' || said === null) return COMPLETE;
  const rejected = 'rejectedDataPoints' in said ? Number(said.rejectedDataPoints) : 0;
  const message = 'errorMessage' in said && typeof said.errorMessage === 'string' ? said.errorMessage : '';
  return { kind: 'partial', rejected: Number.isFinite(rejected) ? rejected : 0, message };
}
