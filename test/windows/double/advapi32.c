/*
 * A double of advapi32.dll: a service control manager that says what the tests' script says, and keeps account of its handles,
 * so that the log proves that each was closed, once. README.md describes script and log.
 */
#include <string.h>
#include "call.h"
#include "platform.h"

#ifdef _WIN32
/* Not windows.h: it would declare the very functions that stand here. */
__declspec(dllimport) void __stdcall SetLastError(unsigned long error);
#else
#include <errno.h>
/* What koffi hands out where there is no GetLastError. */
static void SetLastError(DWORD error) { errno = (int)error; }
#endif

#define SERVICES(type) EXPORTED type CALLED_BY_WINDOWS_RULES

#define SC_STATUS_PROCESS_INFO 0
#define SERVICE_WIN32_OWN_PROCESS 0x10
#define SERVICE_RUNNING 4
#define ERROR_INVALID_LEVEL 124
#define ERROR_SERVICE_DOES_NOT_EXIST 1060

typedef struct {
  DWORD dwServiceType;
  DWORD dwCurrentState;
  DWORD dwControlsAccepted;
  DWORD dwWin32ExitCode;
  DWORD dwServiceSpecificExitCode;
  DWORD dwCheckPoint;
  DWORD dwWaitHint;
  DWORD dwProcessId;
  DWORD dwServiceFlags;
} SERVICE_STATUS_PROCESS;
_Static_assert(sizeof(SERVICE_STATUS_PROCESS) == 36 && offsetof(SERVICE_STATUS_PROCESS, dwCurrentState) == 4, "winsvc.h");

/* A handle is the place of its record and a number that no other handle has. */
#define MOST_HANDLES 256
typedef enum { CLOSED, MANAGER, SERVICE } Kind;
static struct {
  Kind kind;
  HANDLE64 handle;
  WIDE service[257];
} handles[MOST_HANDLES];
static HANDLE64 made;

static HANDLE64 makeHandle(Kind kind, const WIDE *service) {
  HANDLE64 handle = 0;
  lock();
  for (size_t i = 0; i < MOST_HANDLES && handle == 0; i++) {
    if (handles[i].kind != CLOSED) continue;
    handles[i].kind = kind;
    handles[i].handle = handle = ++made << 8 | i;
    for (size_t c = 0; service != NULL && c < 257; c++)
      if ((handles[i].service[c] = service[c]) == 0) break;
  }
  unlock();
  return handle;
}

/* The kind of a handle; CLOSED also for one that never was. */
static Kind kindOf(HANDLE64 handle) {
  lock();
  Kind kind = handles[handle & 0xff].handle == handle ? handles[handle & 0xff].kind : CLOSED;
  unlock();
  return kind;
}

static const Directive *serviceNamed(const Call *call, const WIDE *name) {
  const Directive *d = NULL;
  while ((d = next(&call->script, "service", d)) != NULL && !isString(d, "name", name)) continue;
  return d;
}

/* Ends a call that returns a handle or a BOOL: 0 and the error, or `value`. */
static HANDLE64 end(Call *call, const Answer *answer, DWORD error, HANDLE64 value) {
  error = finish(call, answer, error);
  SetLastError(error);
  return error == 0 ? value : 0;
}

#ifndef WITHOUT_OpenSCManagerW
SERVICES(HANDLE64) OpenSCManagerW(const WIDE *machine, const WIDE *database, DWORD access) {
  Call call = {.function = "OpenSCManagerW"};
  Answer none = {0};
  note(&call, "%s access=0x%x", call.function, access);
  noteString(&call, "machine", machine);
  noteString(&call, "database", database);
  begin(&call, 0);
  HANDLE64 handle = answersAsDocumented(&call) ? makeHandle(MANAGER, NULL) : 0;
  note(&call, " opened=0x%llx", (unsigned long long)handle);
  return end(&call, &none, 0, handle);
}
#endif

#ifndef WITHOUT_OpenServiceW
SERVICES(HANDLE64) OpenServiceW(HANDLE64 manager, const WIDE *name, DWORD access) {
  Call call = {.function = "OpenServiceW"};
  Answer none = {0};
  note(&call, "%s handle=0x%llx access=0x%x", call.function, (unsigned long long)manager, access);
  noteString(&call, "service", name);
  begin(&call, 0);
  HANDLE64 handle = 0;
  DWORD error = 0;
  if (answersAsDocumented(&call)) {
    const Directive *d = name == NULL ? NULL : serviceNamed(&call, name);
    if (kindOf(manager) != MANAGER) error = ERROR_INVALID_HANDLE;
    else if (d == NULL) error = ERROR_SERVICE_DOES_NOT_EXIST;
    else handle = makeHandle(SERVICE, name);
  }
  note(&call, " opened=0x%llx", (unsigned long long)handle);
  return end(&call, &none, error, handle);
}
#endif

#ifndef WITHOUT_QueryServiceStatusEx
SERVICES(int) QueryServiceStatusEx(HANDLE64 service, int level, uint8_t *buffer, DWORD size, DWORD *needed) {
  Call call = {.function = "QueryServiceStatusEx"};
  Answer answer = {buffer, buffer == NULL ? 0 : size, sizeof(SERVICE_STATUS_PROCESS), needed, NULL};
  note(&call, "%s handle=0x%llx level=%d size=%u", call.function, (unsigned long long)service, level, size);
  begin(&call, 0);
  if (!answersAsDocumented(&call)) return (int)end(&call, &answer, 0, 1);
  if (kindOf(service) != SERVICE) return (int)end(&call, &answer, ERROR_INVALID_HANDLE, 1);
  if (level != SC_STATUS_PROCESS_INFO) return (int)end(&call, &answer, ERROR_INVALID_LEVEL, 1);
  if (needed == NULL) return (int)end(&call, &answer, ERROR_INVALID_PARAMETER, 1);
  *needed = sizeof(SERVICE_STATUS_PROCESS);
  if (answer.offered < *needed) return (int)end(&call, &answer, ERROR_INSUFFICIENT_BUFFER, 1);
  const Directive *d = serviceNamed(&call, handles[service & 0xff].service);
  SERVICE_STATUS_PROCESS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS};
  status.dwCurrentState = (DWORD)numberOf(d, "state", SERVICE_RUNNING);
  memcpy(buffer, &status, sizeof status);
  return (int)end(&call, &answer, 0, 1);
}
#endif

#ifndef WITHOUT_CloseServiceHandle
SERVICES(int) CloseServiceHandle(HANDLE64 handle) {
  Call call = {.function = "CloseServiceHandle"};
  Answer none = {0};
  note(&call, "%s handle=0x%llx", call.function, (unsigned long long)handle);
  begin(&call, 0);
  bool open = kindOf(handle) != CLOSED;
  lock();
  if (open) handles[handle & 0xff].kind = CLOSED;
  unlock();
  return (int)end(&call, &none, open ? 0 : ERROR_INVALID_HANDLE, 1);
}
#endif

/* What `service install` calls: it changes nothing here, and the log shows what it was given. */

typedef struct {
  DWORD dwResetPeriod;
  const WIDE *lpRebootMsg;
  const WIDE *lpCommand;
  DWORD cActions;
  const DWORD *lpsaActions; /* SC_ACTION: type and delay */
} SERVICE_FAILURE_ACTIONSW;
_Static_assert(sizeof(SERVICE_FAILURE_ACTIONSW) == 40 && offsetof(SERVICE_FAILURE_ACTIONSW, lpsaActions) == 32, "winsvc.h");

/* Strings one after the other, with an empty one at the end, as one with line breaks between. */
static void noteStrings(Call *call, const char *key, const WIDE *strings) {
  WIDE joined[512] = {0};
  for (size_t i = 0; i < 510 && (strings[i] != 0 || strings[i + 1] != 0); i++) joined[i] = strings[i] != 0 ? strings[i] : '\n';
  noteString(call, key, joined);
}

SERVICES(HANDLE64) CreateServiceW(HANDLE64 manager, const WIDE *name, const WIDE *display, DWORD access, DWORD type,
                                  DWORD start, DWORD errors, const WIDE *path, const WIDE *group, DWORD *tag,
                                  const WIDE *dependencies, const WIDE *account, const WIDE *password) {
  Call call = {.function = "CreateServiceW"};
  Answer none = {0};
  note(&call, "%s access=0x%x type=0x%x start=%u errors=%u none=%d", call.function, access, type, start, errors,
       group == NULL && tag == NULL && dependencies == NULL && password == NULL);
  noteString(&call, "service", name);
  noteString(&call, "display", display);
  noteString(&call, "path", path);
  noteString(&call, "account", account);
  begin(&call, 0);
  DWORD error = kindOf(manager) == MANAGER ? 0 : ERROR_INVALID_HANDLE;
  HANDLE64 handle = error == 0 && answersAsDocumented(&call) ? makeHandle(SERVICE, name) : 0;
  note(&call, " opened=0x%llx", (unsigned long long)handle);
  return end(&call, &none, error, handle);
}

SERVICES(int) ChangeServiceConfig2W(HANDLE64 service, DWORD level, const void *value) {
  Call call = {.function = "ChangeServiceConfig2W"};
  Answer none = {0};
  note(&call, "%s level=%u", call.function, level);
  if (level == 1) noteString(&call, "text", *(const WIDE *const *)value);
  else if (level == 6) noteStrings(&call, "text", *(const WIDE *const *)value);
  else if (level != 2) note(&call, " value=%u", *(const DWORD *)value);
  else {
    const SERVICE_FAILURE_ACTIONSW *actions = value;
    note(&call, " reset=%u none=%d actions=", actions->dwResetPeriod, !actions->lpRebootMsg && !actions->lpCommand);
    for (DWORD i = 0; i < 2 * actions->cActions; i++) note(&call, "%s%u", i == 0 ? "" : ",", actions->lpsaActions[i]);
  }
  /* The level stands for a handle, so that a test has one of them fail. */
  begin(&call, level);
  return (int)end(&call, &none, kindOf(service) == SERVICE ? 0 : ERROR_INVALID_HANDLE, 1);
}

SERVICES(int) DeleteService(HANDLE64 service) {
  Call call = {.function = "DeleteService"};
  Answer none = {0};
  note(&call, "%s handle=0x%llx", call.function, (unsigned long long)service);
  begin(&call, 0);
  return (int)end(&call, &none, kindOf(service) == SERVICE ? 0 : ERROR_INVALID_HANDLE, 1);
}

#define HKEY_LOCAL_MACHINE 0xffffffff80000002
#define KEY 0xabc
#define CREATED_NEW_KEY 1

SERVICES(DWORD) RegCreateKeyExW(HANDLE64 parent, const WIDE *path, DWORD reserved, const WIDE *class, DWORD options,
                                DWORD access, const void *security, HANDLE64 *key, DWORD *disposition) {
  Call call = {.function = "RegCreateKeyExW"};
  Answer none = {0};
  note(&call, "%s machine=%d access=0x%x none=%d", call.function, parent == HKEY_LOCAL_MACHINE, access,
       reserved == 0 && class == NULL && options == 0 && security == NULL);
  noteString(&call, "text", path);
  begin(&call, 0);
  *key = KEY;
  *disposition = CREATED_NEW_KEY;
  return finish(&call, &none, 0);
}

SERVICES(DWORD) RegSetValueExW(HANDLE64 key, const WIDE *name, DWORD reserved, DWORD type, const uint8_t *data, DWORD size) {
  Call call = {.function = "RegSetValueExW"};
  Answer none = {0};
  note(&call, "%s key=0x%llx reserved=%u type=%u data=", call.function, (unsigned long long)key, reserved, type);
  for (DWORD i = 0; i < size; i++) note(&call, "%02x", data[i]);
  noteString(&call, "text", name);
  begin(&call, type);
  return finish(&call, &none, 0);
}

SERVICES(DWORD) RegDeleteKeyExW(HANDLE64 parent, const WIDE *path, DWORD access, DWORD reserved) {
  Call call = {.function = "RegDeleteKeyExW"};
  Answer none = {0};
  note(&call, "%s machine=%d access=0x%x reserved=%u", call.function, parent == HKEY_LOCAL_MACHINE, access, reserved);
  noteString(&call, "text", path);
  begin(&call, 0);
  return finish(&call, &none, 0);
}

SERVICES(DWORD) RegCloseKey(HANDLE64 key) {
  Call call = {.function = "RegCloseKey"};
  Answer none = {0};
  note(&call, "%s key=0x%llx", call.function, (unsigned long long)key);
  begin(&call, 0);
  return finish(&call, &none, 0);
}

/* Functions that change something. They do nothing; the log proves whether anybody called them. */
#define CHANGES_STATE(name) \
  SERVICES(int) name(void) { \
    appendToNamedFile("RASDOUBLE_LOG", "CALLED " #name "\n", sizeof("CALLED " #name "\n") - 1); \
    return 0; \
  }

CHANGES_STATE(ChangeServiceConfigW)
CHANGES_STATE(ControlService)
CHANGES_STATE(StartServiceW)
