/*
 * The smallest program that asks rasapi32 for connections, without a line of the exporter: shows whether the bench itself works.
 * Arguments: koffi.node, library. Prints the return value, the count, and handle and entry of the first connection.
 */
const koffi = require(process.argv[2]);
const rasEnumConnections = koffi
  .load(process.argv[3])
  .func('uint32_t __stdcall RasEnumConnectionsW(void *buffer, _Inout_ uint32_t *cb, _Out_ uint32_t *count)');

const buffer = Buffer.alloc(1388 * 4);
buffer.writeUInt32LE(1388, 0);
const cb = [buffer.length];
const count = [0];
rasEnumConnections.async(buffer, cb, count, (error, returned) => {
  if (error) throw error;
  const handle = buffer.readBigUInt64LE(4);
  const entry = buffer.toString('utf16le', 12, 12 + 514).split('\0')[0];
  console.log(JSON.stringify({ returned, count: count[0], handle: `0x${handle.toString(16)}`, entry }));
});
