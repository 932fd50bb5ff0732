/**
 * Structures of winsvc.h that configure a service, on 64-bit Windows: pointers are 8 bytes and stand at multiples of 8.
 *
 * What they point to stands behind them in the same buffer, so that it lives as long.
 */
/** Where a buffer lies. */
export type AddressOf = (buffer: Buffer) => bigint;

export const SERVICE_CONFIG_DESCRIPTION = 1;
export const SERVICE_CONFIG_FAILURE_ACTIONS = 2;
export const SERVICE_CONFIG_DELAYED_AUTO_START_INFO = 3;
export const SERVICE_CONFIG_SERVICE_SID_INFO = 5;
export const SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO = 6;

const POINTER = 8;
const SC_ACTION_RESTART = 1;

/** SERVICE_DESCRIPTIONW and SERVICE_REQUIRED_PRIVILEGES_INFOW: a pointer to a string, or to several (`multiString`). */
export function pointerTo(data: Buffer, addressOf: AddressOf): Buffer {
  const bytes = Buffer.alloc(POINTER + data.length);
  bytes.writeBigUInt64LE(addressOf(bytes) + BigInt(POINTER));
  data.copy(bytes, POINTER);
  return bytes;
}

/**
 * SERVICE_FAILURE_ACTIONSW that restarts the service, each time after `delay` milliseconds; `resetSeconds` forget a failure.
 *
 * The last action is that of every failure after it ([MS-SCMR] 2.2.40): it does nothing (SC_ACTION_NONE).
 */
export function restarts(times: number, delay: number, resetSeconds: number, addressOf: AddressOf): Buffer {
  const SIZE = 40;
  const bytes = Buffer.alloc(SIZE + 8 * (times + 1));
  bytes.writeUInt32LE(resetSeconds, 0);
  // lpRebootMsg, lpCommand: NULL, there are none.
  bytes.writeUInt32LE(times + 1, 24);
  bytes.writeBigUInt64LE(addressOf(bytes) + BigInt(SIZE), 32);
  for (let action = 0; action < times; action += 1) {
    bytes.writeUInt32LE(SC_ACTION_RESTART, SIZE + 8 * action);
    bytes.writeUInt32LE(delay, SIZE + 8 * action + 4);
  }
  return bytes;
}

/** A DWORD or BOOL: also SERVICE_SID_INFO, SERVICE_DELAYED_AUTO_START_INFO. */
export function dword(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** UTF-16 with a NUL at its end. */
export function wideString(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf16le');
}

/** REG_MULTI_SZ: each with a NUL, and one more at the end. */
export function multiString(texts: readonly string[]): Buffer {
  return Buffer.from(`${texts.map((text) => `${text}\0`).join('')}\0`, 'utf16le');
}

/** What QueryServiceConfigW says. */
export interface ServiceConfig {
  /** SERVICE_AUTO_START (2), SERVICE_DEMAND_START (3), SERVICE_DISABLED (4). */
  readonly startType: number;
  readonly commandLine: string;
  readonly account: string;
}

/** QUERY_SERVICE_CONFIGW. https://learn.microsoft.com/windows/win32/api/winsvc/ns-winsvc-query_service_configw */
export function readServiceConfig(bytes: Buffer, addressOf: AddressOf): ServiceConfig {
  const base = addressOf(bytes);
  const text = (offset: number): string => {
    const at = bytes.readBigUInt64LE(offset) - base;
    // Never followed outside of the buffer.
    if (at < 0n || at >= BigInt(bytes.length)) return '';
    const rest = bytes.toString('utf16le', Number(at));
    return rest.slice(0, Math.max(0, rest.indexOf('\0')));
  };
  return { startType: bytes.readUInt32LE(4), commandLine: text(16), account: text(48) };
}
