/*
 * A double of wevtapi.dll with the ABI of current Windows: the event log that the tests' script says, by the documented protocol,
 * or against it where a `behave` directive says so. README.md describes script and log.
 *
 * Compile with -DWITHOUT_<function> for a DLL that does not export a function.
 */
#include "wevtapi.h"
#include <string.h>
#include "platform.h"

#define API(type) EXPORTED type CALLED_BY_WINDOWS_RULES

#ifdef _WIN32
__declspec(dllimport) void __stdcall SetLastError(DWORD code);
static void setLastError(DWORD code) { SetLastError(code); }
#else
#include <errno.h>
static void setLastError(DWORD code) { errno = (int)code; }
#endif

/* What functions return: TRUE or FALSE with a last error. After `finish`, which uses files. */
static int succeed(DWORD error) {
  setLastError(error == NO_REASON ? 0 : error);
  return error == 0;
}

/* The same with a handle, which may have become garbage. */
static uint64_t giveHandle(Call *call, DWORD error, const Object *object) {
  uint64_t handle = error == 0 && answersAsDocumented(call) ? openObject(object) : 0;
  Answer answer = {&handle, sizeof handle, sizeof handle, NULL, NULL};
  note(call, " given=0x%llx", (unsigned long long)handle);
  error = finish(call, &answer, error);
  return succeed(error) ? handle : 0;
}

#ifndef WITHOUT_EvtQuery
API(uint64_t) EvtQuery(uint64_t session, const WIDE *path, const WIDE *query, DWORD flags) {
  Call call = {.function = "EvtQuery"};
  note(&call, "%s session=%llu flags=0x%x", call.function, (unsigned long long)session, flags);
  noteString(&call, "channel", path);
  noteString(&call, "query", query);
  begin(&call, 0);
  Object object = {.kind = RESULT_SET};
  DWORD error = 0;
  const Directive *channel = next(&call.script, "channel", NULL);
  if (!answersAsDocumented(&call)) return giveHandle(&call, 0, &object);
  if (numberOf(channel, "ret", 0) != 0) error = (DWORD)numberOf(channel, "ret", 0);
  else if (valueOf(channel, "name") != NULL && !isString(channel, "name", path)) error = ERROR_EVT_CHANNEL_NOT_FOUND;
  else if (session != 0 || (flags != 0x101 && flags != 0x201)) error = ERROR_INVALID_PARAMETER;
  else error = openQuery(query, flags == 0x201, &object.result);
  return giveHandle(&call, error, &object);
}
#endif

#ifndef WITHOUT_EvtCreateRenderContext
API(uint64_t) EvtCreateRenderContext(DWORD count, const WIDE **paths, DWORD flags) {
  Call call = {.function = "EvtCreateRenderContext"};
  note(&call, "%s flags=%u", call.function, flags);
  begin(&call, 0);
  Object object = {.kind = CONTEXT, .flags = flags};
  bool valid = count == 0 && paths == NULL && (flags == 1 || flags == 2);
  return giveHandle(&call, valid ? 0 : ERROR_INVALID_PARAMETER, &object);
}
#endif

#ifndef WITHOUT_EvtNext
/* Gives out handles of the next records of a result set. */
static DWORD giveEvents(ResultSet *result, DWORD size, uint64_t *events, DWORD *returned) {
  *returned = 0;
  while (*returned < size && result->next < result->count) {
    Object event = {.kind = EVENT, .log = shareLog(result->log), .index = result->matches[result->next++]};
    events[(*returned)++] = openObject(&event);
  }
  return *returned == 0 ? ERROR_NO_MORE_ITEMS : 0;
}

API(int) EvtNext(uint64_t resultSet, DWORD size, uint64_t *events, DWORD timeout, DWORD flags, DWORD *returned) {
  Call call = {.function = "EvtNext"};
  Answer answer = {events, size * sizeof *events, sizeof *events, NULL, returned};
  note(&call, "%s handle=0x%llx size=%u timeout=%u", call.function, (unsigned long long)resultSet, size, timeout);
  begin(&call, resultSet);
  Object *object = objectOf(&call, resultSet, RESULT_SET);
  if (!answersAsDocumented(&call)) return succeed(finish(&call, &answer, 0));
  if (object == NULL) return succeed(finish(&call, &answer, ERROR_INVALID_HANDLE));
  if (events == NULL || returned == NULL || size == 0 || flags != 0)
    return succeed(finish(&call, &answer, ERROR_INVALID_PARAMETER));
  return succeed(finish(&call, &answer, giveEvents(&object->result, size, events, returned)));
}
#endif

#ifndef WITHOUT_EvtRender
API(int) EvtRender(uint64_t context, uint64_t fragment, DWORD flags, DWORD size, void *buffer, DWORD *used, DWORD *count) {
  Call call = {.function = "EvtRender"};
  Answer answer = {buffer, buffer == NULL ? 0 : size, sizeof(EVT_VARIANT), used, count};
  note(&call, "%s handle=0x%llx size=%u flags=%u", call.function, (unsigned long long)fragment, size, flags);
  begin(&call, fragment);
  Object *rendering = objectOf(&call, context, CONTEXT), *event = objectOf(&call, fragment, EVENT);
  if (!answersAsDocumented(&call)) return succeed(finish(&call, &answer, 0));
  if (rendering == NULL || event == NULL) return succeed(finish(&call, &answer, ERROR_INVALID_HANDLE));
  if (flags != 0 || used == NULL || count == NULL) return succeed(finish(&call, &answer, ERROR_INVALID_PARAMETER));
  const Record *record = &event->log->records[event->index];
  return succeed(finish(&call, &answer, renderRecord(record, rendering->flags, buffer, size, used, count)));
}
#endif

#ifndef WITHOUT_EvtClose
/* Closes also when it is told to fail: what is not closed then is not the caller's fault. */
API(int) EvtClose(uint64_t handle) {
  Call call = {.function = "EvtClose"};
  Answer answer = {NULL, 0, 1, NULL, NULL};
  note(&call, "%s handle=0x%llx", call.function, (unsigned long long)handle);
  begin(&call, handle);
  return succeed(finish(&call, &answer, closeObject(&call, handle) ? 0 : ERROR_INVALID_HANDLE));
}
#endif

/* Functions that change something, or that the exporter has no use for. The log proves whether anybody called them. */
#define NEVER_CALLED(name) \
  API(int) name(void) { \
    appendToNamedFile("RASDOUBLE_LOG", "CALLED " #name "\n", sizeof("CALLED " #name "\n") - 1); \
    return 0; \
  }

NEVER_CALLED(EvtArchiveExportedLog)
NEVER_CALLED(EvtClearLog)
NEVER_CALLED(EvtExportLog)
NEVER_CALLED(EvtOpenSession)
NEVER_CALLED(EvtSaveChannelConfig)
NEVER_CALLED(EvtSetChannelConfigProperty)
NEVER_CALLED(EvtSubscribe)
