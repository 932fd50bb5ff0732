/*
 * The part of advapi32.dll by which a process is a service. The dispatcher calls its main function, then its handler for every
 * directive `control` that the script has, until the service reports that it has stopped.
 */
#include "call.h"
#include "platform.h"

#ifdef _WIN32
__declspec(dllimport) void CALLED_BY_WINDOWS_RULES SetLastError(DWORD code);
#else
#include <errno.h>
static void SetLastError(DWORD code) { errno = (int)code; }
#endif

#define SERVICE_STOPPED 1
#define STATUS_HANDLE 0x77

typedef DWORD(CALLED_BY_WINDOWS_RULES *Handler)(DWORD control, DWORD type, void *data, void *context);

typedef struct {
  const WIDE *lpServiceName;
  void(CALLED_BY_WINDOWS_RULES *lpServiceProc)(DWORD count, WIDE **arguments);
} SERVICE_TABLE_ENTRYW;
_Static_assert(sizeof(SERVICE_TABLE_ENTRYW) == 16, "winsvc.h");

typedef struct {
  DWORD type, state, accepted, exitCode, specificCode, checkPoint, waitHint;
} SERVICE_STATUS;
_Static_assert(sizeof(SERVICE_STATUS) == 28, "winsvc.h");

static Handler handler;
static DWORD state;

/* `ret=N` makes a function fail with that last error. */
static int succeed(Call *call) {
  Answer none = {0};
  DWORD error = finish(call, &none, 0);
  SetLastError(error);
  return error == 0;
}

/* Calls the handler for the directive of this place, if there is one; returns whether there was. */
static int control(size_t place) {
  Script script = readScript();
  const Directive *d = next(&script, "control", NULL);
  while (d != NULL && place-- > 0) d = next(&script, "control", d);
  DWORD code = (DWORD)numberOf(d, "code", 0);
  int there = d != NULL;
  freeScript(&script);
  if (!there) return 0;
  Call call = {.function = "Handler"};
  note(&call, "Handler code=%u answer=%u", code, handler(code, 0, NULL, NULL));
  note(&call, " state=%u", state);
  begin(&call, code);
  succeed(&call);
  return 1;
}

EXPORTED int CALLED_BY_WINDOWS_RULES StartServiceCtrlDispatcherW(const SERVICE_TABLE_ENTRYW *table) {
  Call call = {.function = "StartServiceCtrlDispatcherW"};
  note(&call, "%s end=%d", call.function, table[1].lpServiceName == NULL && table[1].lpServiceProc == NULL);
  noteString(&call, "service", table[0].lpServiceName);
  begin(&call, 0);
  if (!answersAsDocumented(&call)) return succeed(&call);
  handler = NULL;
  state = 0;
  table[0].lpServiceProc(0, NULL);
  for (size_t controls = 0; state != SERVICE_STOPPED;) {
    if (handler != NULL && state != 0 && control(controls)) controls++;
    else sleepMilliseconds(5);
  }
  return succeed(&call);
}

EXPORTED uintptr_t CALLED_BY_WINDOWS_RULES RegisterServiceCtrlHandlerExW(const WIDE *name, Handler given, void *context) {
  Call call = {.function = "RegisterServiceCtrlHandlerExW"};
  note(&call, "%s context=%d", call.function, context != NULL);
  noteString(&call, "service", name);
  begin(&call, 0);
  handler = given;
  return succeed(&call) ? STATUS_HANDLE : 0;
}

EXPORTED int CALLED_BY_WINDOWS_RULES SetServiceStatus(uintptr_t handle, const SERVICE_STATUS *status) {
  Call call = {.function = "SetServiceStatus"};
  note(&call, "%s handle=0x%x type=0x%x state=%u accepted=0x%x code=%u specific=%u checkpoint=%u hint=%u", call.function,
       (unsigned)handle, status->type, status->state, status->accepted, status->exitCode, status->specificCode,
       status->checkPoint, status->waitHint);
  begin(&call, status->state);
  if (answersAsDocumented(&call)) state = status->state;
  return succeed(&call);
}
