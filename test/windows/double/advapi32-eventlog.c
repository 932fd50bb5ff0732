/*
 * The part of advapi32.dll that writes to the event log: notes in its own log what it is given, and fails, delays or hangs where
 * a `behave` directive says so. Handles count up, so that a test sees which source a record was written to.
 */
#include <stdbool.h>
#include "call.h"
#include "platform.h"

#ifdef _WIN32
__declspec(dllimport) void CALLED_BY_WINDOWS_RULES SetLastError(DWORD code);
#else
#include <errno.h>
static void SetLastError(DWORD code) { errno = (int)code; }
#endif

#define RPC_S_SERVER_UNAVAILABLE 1722

static uint32_t sources;

/* `ret=0` makes the function fail. */
static DWORD succeed(Call *call) {
  Answer none = {0};
  DWORD result = finish(call, &none, 1);
  SetLastError(result == 0 ? RPC_S_SERVER_UNAVAILABLE : 0);
  return result;
}

EXPORTED uintptr_t CALLED_BY_WINDOWS_RULES RegisterEventSourceW(const WIDE *server, const WIDE *source) {
  Call call = {.function = "RegisterEventSourceW"};
  note(&call, "%s", call.function);
  noteString(&call, "server", server);
  noteString(&call, "source", source);
  begin(&call, 0);
  lock();
  uintptr_t handle = 0x1000 + sources++;
  unlock();
  return succeed(&call) == 0 ? 0 : handle;
}

EXPORTED int CALLED_BY_WINDOWS_RULES ReportEventW(uintptr_t handle, uint16_t type, uint16_t category, DWORD id,
                                                  const void *user, uint16_t strings, DWORD bytes, const WIDE **texts,
                                                  const void *data) {
  Call call = {.function = "ReportEventW"};
  note(&call, "%s source=%u type=%u category=%u id=%u user=%d strings=%u bytes=%u data=%d", call.function,
       (unsigned)handle, type, category, id, user != NULL, strings, bytes, data != NULL);
  const WIDE *text = strings > 0 && texts != NULL ? texts[0] : NULL;
  unsigned length = 0;
  while (text != NULL && text[length] != 0) length++;
  /* The log keeps the beginning of a long one only. */
  note(&call, " length=%u", length);
  noteString(&call, "text", text);
  begin(&call, handle);
  return (int)succeed(&call);
}

EXPORTED int CALLED_BY_WINDOWS_RULES DeregisterEventSource(uintptr_t handle) {
  Call call = {.function = "DeregisterEventSource"};
  note(&call, "%s source=%u", call.function, (unsigned)handle);
  begin(&call, handle);
  return (int)succeed(&call);
}
