/** Looks error codes up: name, category, and the form that an administrator would type into a search box. */
import { ERROR_TABLE, type ErrorCategory, type ErrorRow } from './error-table.ts';

/** What is known about an error code. */
export interface ErrorDescription {
  /** `809`; HRESULTs as `0x800B0109`; `other` for what stands for many unknown codes. */
  readonly code: string;
  /** Symbolic name, e.g. `ERROR_VPN_TIMEOUT`; `unknown` when the code is in no table. */
  readonly name: string;
  readonly category: ErrorCategory;
  /** What it usually means; empty when there is nothing to add to the name. */
  readonly note: string;
}

/** Stands for all further unknown codes once `MAX_UNKNOWN_CODES` of them were seen in one place. */
export const OTHER_CODE = -1;

/** Garbage in an error field must not grow a series per scrape: so many unknown codes are kept apart in one place. */
export const MAX_UNKNOWN_CODES = 32;

const FIRST_HRESULT = 0x8000_0000;

const byCode = new Map<number, ErrorRow>(ERROR_TABLE.map((row) => [row[0], row]));
const described = new Map<number, ErrorDescription>();

/** `809` → `"809"`, `0x800b0109` → `"0x800B0109"`. */
function formatErrorCode(code: number): string {
  if (code === OTHER_CODE) return 'other';
  return code >= FIRST_HRESULT ? `0x${code.toString(16).toUpperCase()}` : String(code);
}

/** Describes an unsigned 32-bit code, or `OTHER_CODE`. */
export function describeError(code: number): ErrorDescription {
  const known = described.get(code);
  if (known !== undefined) return known;
  const row = byCode.get(code);
  const description: ErrorDescription = {
    code: formatErrorCode(code),
    name: row?.[1] ?? 'unknown',
    category: row?.[2] ?? 'unknown',
    note: row?.[3] ?? '',
  };
  // Only what is in the table is kept: garbage must not fill memory.
  if (row !== undefined) described.set(code, description);
  return description;
}

/**
 * The code under which an error is counted: itself, or `OTHER_CODE` when it is unknown and `counted` already holds
 * `MAX_UNKNOWN_CODES` other unknown codes.
 */
export function boundedCode(code: number, counted: ReadonlyMap<number, unknown>): number {
  if (byCode.has(code) || counted.has(code)) return code;
  let unknown = 0;
  for (const key of counted.keys()) if (!byCode.has(key)) unknown += 1;
  return unknown < MAX_UNKNOWN_CODES ? code : OTHER_CODE;
}

/** `809 ERROR_VPN_TIMEOUT (server did not answer …)`: one line for logs, tables and messages. */
export function errorText(code: number): string {
  const { code: shown, name, note } = describeError(code);
  return `${shown} ${name}${note === '' ? '' : ` (${note})`}`;
}
