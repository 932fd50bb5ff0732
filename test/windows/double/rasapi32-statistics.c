/* RasGetConnectionStatistics of the double: directive `stats`. */
#include "rasapi32-structs.h"
#include "rasapi32.h"

#ifndef WITHOUT_RasGetConnectionStatistics
/* A connection without a `stats` directive has counted nothing yet. */
static DWORD connectionStatistics(const Call *call, HANDLE64 handle, RAS_STATS *stats) {
  const Directive *d = withHandle(call, "stats", handle);
  if (d == NULL && withHandle(call, "conn", handle) == NULL) return ERROR_INVALID_HANDLE;
  stats->dwBytesXmited = (DWORD)numberOf(d, "xmited", 0);
  stats->dwBytesRcved = (DWORD)numberOf(d, "rcved", 0);
  stats->dwFramesXmited = (DWORD)numberOf(d, "framesx", 0);
  stats->dwFramesRcved = (DWORD)numberOf(d, "framesr", 0);
  stats->dwCrcErr = (DWORD)numberOf(d, "crc", 0);
  stats->dwTimeoutErr = (DWORD)numberOf(d, "timeout", 0);
  stats->dwAlignmentErr = (DWORD)numberOf(d, "alignment", 0);
  stats->dwHardwareOverrunErr = (DWORD)numberOf(d, "hardware", 0);
  stats->dwFramingErr = (DWORD)numberOf(d, "framing", 0);
  stats->dwBufferOverrunErr = (DWORD)numberOf(d, "buffer", 0);
  stats->dwCompressionRatioIn = (DWORD)numberOf(d, "in", 0);
  stats->dwCompressionRatioOut = (DWORD)numberOf(d, "out", 0);
  stats->dwBps = (DWORD)numberOf(d, "bps", 0);
  stats->dwConnectDuration = (DWORD)numberOf(d, "duration", 0);
  return (DWORD)numberOf(d, "ret", 0);
}

RASAPI RasGetConnectionStatistics(HANDLE64 handle, RAS_STATS *buffer) {
  Call call = {.function = "RasGetConnectionStatistics"};
  DWORD size = sizeOf(buffer, sizeof size), newest;
  Answer answer = {buffer, size < sizeof *buffer ? size : sizeof *buffer, sizeof *buffer, NULL, NULL};
  note(&call, "%s handle=0x%llx buffer=%d dwsize=%u", call.function, (unsigned long long)handle, buffer != NULL, size);
  begin(&call, handle);
  if (!answersAsDocumented(&call)) return finish(&call, &answer, 0);
  bool accepted = accepts(&call, "RAS_STATS", "60", size, &newest);
  if (buffer == NULL || handle == 0 || !accepted) return finish(&call, &answer, E_INVALIDARG_DWORD);
  RAS_STATS stats = {.dwSize = size};
  DWORD result = connectionStatistics(&call, handle, &stats);
  if (result == 0) put(buffer, 0, size, &stats, sizeof stats);
  return finish(&call, &answer, result);
}
#endif
