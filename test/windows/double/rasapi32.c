/*
 * A double of rasapi32.dll with the ABI of current Windows: what the tests' script says, by the documented protocol, or
 * against it where a `behave` directive says so. README.md describes script and log.
 *
 * Compile with -DWITHOUT_<function> for a DLL that does not export a function.
 */
#include <stdio.h>
#include <string.h>
#include "rasapi32.h"

#ifndef WITHOUT_RasEnumConnectionsW
RASAPI RasEnumConnectionsW(RASCONNW *buffer, DWORD *cb, DWORD *count) {
  Call call = {.function = "RasEnumConnectionsW"};
  Answer answer = {buffer, buffer == NULL || cb == NULL ? 0 : *cb, sizeof(RASCONNW), cb, count};
  DWORD size = sizeOf(buffer, answer.offered), newest;
  note(&call, "%s buffer=%d cb=%lld dwsize=%u", call.function, buffer != NULL, cb == NULL ? -1LL : *cb, size);
  begin(&call, 0);
  bool accepted = accepts(&call, "RASCONNW", "1388", size, &newest);
  if (size != 0) answer.stride = size;
  if (!answersAsDocumented(&call)) return finish(&call, &answer, 0);
  size_t elements = 0;
  for (const Directive *d = NULL; (d = next(&call.script, "conn", d)) != NULL;) elements++;
  DWORD result = enumerate(&answer, accepted, newest, elements);
  size_t i = 0;
  for (const Directive *d = NULL; result == 0 && (d = next(&call.script, "conn", d)) != NULL; i++) {
    RASCONNW conn = {.dwSize = size, .hrasconn = numberOf(d, "handle", 0)};
    FILL(d, "entry", conn.szEntryName);
    FILL(d, "devtype", conn.szDeviceType);
    FILL(d, "device", conn.szDeviceName);
    FILL(d, "pbk", conn.szPhonebook);
    conn.dwSubEntry = (DWORD)numberOf(d, "sub", 1);
    FILL(d, "guid", conn.guidEntry);
    conn.dwFlags = (DWORD)numberOf(d, "flags", 0);
    conn.luid[0] = (DWORD)numberOf(d, "luid", 0);
    conn.luid[1] = (DWORD)(numberOf(d, "luid", 0) >> 32);
    FILL(d, "corr", conn.guidCorrelationId);
    put(buffer, i, answer.stride, &conn, sizeof conn);
  }
  return finish(&call, &answer, result);
}
#endif

#ifndef WITHOUT_RasGetConnectStatusW
/* A connection without a `status` directive is connected, through the device that it was enumerated with. */
static DWORD connectStatus(const Call *call, HANDLE64 handle, RASCONNSTATUSW *status) {
  const Directive *conn = withHandle(call, "conn", handle), *said = withHandle(call, "status", handle);
  if (conn == NULL && said == NULL) return ERROR_INVALID_HANDLE;
  const Directive *d = said == NULL ? conn : said;
  status->rasconnstate = (DWORD)numberOf(said, "state", RASCS_Connected);
  status->dwError = (DWORD)numberOf(said, "error", 0);
  FILL(valueOf(d, "devtype") == NULL ? conn : d, "devtype", status->szDeviceType);
  FILL(valueOf(d, "device") == NULL ? conn : d, "device", status->szDeviceName);
  FILL(said, "phone", status->szPhoneNumber);
  copyBytes(said, "local", &status->localEndPoint, sizeof status->localEndPoint);
  copyBytes(said, "remote", &status->remoteEndPoint, sizeof status->remoteEndPoint);
  status->rasconnsubstate = (DWORD)numberOf(said, "sub", 0);
  return (DWORD)numberOf(said, "ret", 0);
}

RASAPI RasGetConnectStatusW(HANDLE64 handle, RASCONNSTATUSW *buffer) {
  Call call = {.function = "RasGetConnectStatusW"};
  DWORD size = sizeOf(buffer, sizeof size), newest;
  Answer answer = {buffer, size < sizeof *buffer ? size : sizeof *buffer, sizeof *buffer, NULL, NULL};
  note(&call, "%s handle=0x%llx buffer=%d dwsize=%u", call.function, (unsigned long long)handle, buffer != NULL, size);
  begin(&call, handle);
  if (!answersAsDocumented(&call)) return finish(&call, &answer, 0);
  if (buffer == NULL) return finish(&call, &answer, ERROR_INVALID_PARAMETER);
  if (!accepts(&call, "RASCONNSTATUSW", "608", size, &newest)) return finish(&call, &answer, ERROR_INVALID_SIZE);
  RASCONNSTATUSW status = {.dwSize = size};
  DWORD result = connectStatus(&call, handle, &status);
  if (result == 0) put(buffer, 0, size, &status, sizeof status);
  return finish(&call, &answer, result);
}
#endif

#ifndef WITHOUT_RasEnumEntriesW
RASAPI RasEnumEntriesW(const WIDE *reserved, const WIDE *phonebook, RASENTRYNAMEW *buffer, DWORD *cb, DWORD *count) {
  Call call = {.function = "RasEnumEntriesW"};
  Answer answer = {buffer, buffer == NULL || cb == NULL ? 0 : *cb, sizeof(RASENTRYNAMEW), cb, count};
  DWORD size = sizeOf(buffer, answer.offered), newest;
  note(&call, "%s buffer=%d cb=%lld dwsize=%u", call.function, buffer != NULL, cb == NULL ? -1LL : *cb, size);
  noteString(&call, "reserved", reserved);
  noteString(&call, "phonebook", phonebook);
  begin(&call, 0);
  bool accepted = accepts(&call, "RASENTRYNAMEW", "1048", size, &newest);
  if (size != 0) answer.stride = size;
  if (!answersAsDocumented(&call)) return finish(&call, &answer, 0);
  if (reserved != NULL) return finish(&call, &answer, ERROR_INVALID_PARAMETER);
  size_t elements = 0, i = 0;
  for (const Directive *d = NULL; (d = next(&call.script, "entry", d)) != NULL;)
    elements += phonebook == NULL || isString(d, "path", phonebook);
  DWORD result = enumerate(&answer, accepted, newest, elements);
  for (const Directive *d = NULL; result == 0 && (d = next(&call.script, "entry", d)) != NULL;) {
    if (phonebook != NULL && !isString(d, "path", phonebook)) continue;
    RASENTRYNAMEW entry = {.dwSize = size};
    FILL(d, "name", entry.szEntryName);
    entry.dwFlags = (DWORD)numberOf(d, "flags", 0);
    FILL(d, "path", entry.szPhonebookPath);
    put(buffer, i++, answer.stride, &entry, sizeof entry);
  }
  return finish(&call, &answer, result);
}
#endif

#ifndef WITHOUT_RasGetEntryPropertiesW
/* `props` of the entry, else its `entry` (an entry with nothing set), else NULL. */
static const Directive *entryNamed(const Call *call, const WIDE *phonebook, const WIDE *name) {
  static const char *const words[] = {"props", "entry"};
  for (size_t i = 0; i < 2; i++) {
    for (const Directive *d = NULL; (d = next(&call->script, words[i], d)) != NULL;) {
      if (!isString(d, "name", name)) continue;
      if (phonebook == NULL || valueOf(d, "path") == NULL || isString(d, "path", phonebook)) return d;
    }
  }
  return NULL;
}

RASAPI RasGetEntryPropertiesW(const WIDE *phonebook, const WIDE *name, RASENTRYW *buffer, DWORD *cb, uint8_t *device,
                              DWORD *deviceCb) {
  Call call = {.function = "RasGetEntryPropertiesW"};
  Answer answer = {buffer, buffer == NULL || cb == NULL ? 0 : *cb, sizeof(RASENTRYW), cb, NULL};
  DWORD size = sizeOf(buffer, answer.offered), newest;
  note(&call, "%s buffer=%d cb=%lld dwsize=%u", call.function, buffer != NULL, cb == NULL ? -1LL : *cb, size);
  note(&call, " device=%d", device != NULL || deviceCb != NULL);
  noteString(&call, "phonebook", phonebook);
  noteString(&call, "entry", name);
  begin(&call, 0);
  bool accepted = accepts(&call, "RASENTRYW", "6724,5680,5616", size, &newest);
  if (size != 0) answer.stride = size;
  if (!answersAsDocumented(&call)) return finish(&call, &answer, 0);
  if (cb == NULL) return finish(&call, &answer, ERROR_INVALID_PARAMETER);
  if (buffer != NULL && !accepted) return finish(&call, &answer, ERROR_INVALID_SIZE);
  bool defaults = name == NULL || name[0] == 0;
  const Directive *d = defaults ? NULL : entryNamed(&call, phonebook, name);
  if (d == NULL && !defaults) return finish(&call, &answer, ERROR_CANNOT_FIND_PHONEBOOK_ENTRY);
  if (numberOf(d, "ret", 0) != 0) return finish(&call, &answer, (DWORD)numberOf(d, "ret", 0));
  /* `extra`: bytes of an alternate phone list behind the structure. */
  size_t needed = (buffer == NULL ? newest : size) + (size_t)numberOf(d, "extra", 0);
  *cb = (DWORD)needed;
  if (needed > answer.offered) return finish(&call, &answer, ERROR_BUFFER_TOO_SMALL);
  RASENTRYW entry = {.dwSize = size, .dwType = (DWORD)numberOf(d, "type", 2 /* RASET_Vpn */)};
  entry.dwVpnStrategy = (DWORD)numberOf(d, "strategy", 0);
  entry.dwEncryptionType = (DWORD)numberOf(d, "encryption", 0);
  entry.dwfOptions = (DWORD)numberOf(d, "options", 0);
  FILL(d, "phone", entry.szLocalPhoneNumber);
  FILL(d, "devtype", entry.szDeviceType);
  FILL(d, "device", entry.szDeviceName);
  FILL(d, "guid", entry.guidId);
  entry.dwfOptions2 = (DWORD)numberOf(d, "options2", 0);
  if (needed > size) {
    entry.dwAlternateOffset = size;
    memset((uint8_t *)buffer + size, 0, needed - size);
  }
  put(buffer, 0, size, &entry, sizeof entry);
  if (deviceCb != NULL) *deviceCb = 0;
  return finish(&call, &answer, 0);
}
#endif

#ifndef WITHOUT_RasGetErrorStringW
RASAPI RasGetErrorStringW(DWORD code, WIDE *buffer, DWORD characters) {
  Call call = {.function = "RasGetErrorStringW"};
  Answer answer = {buffer, buffer == NULL ? 0 : (size_t)characters * sizeof *buffer, sizeof *buffer, NULL, NULL};
  note(&call, "%s code=%u buffer=%d characters=%u", call.function, code, buffer != NULL, characters);
  begin(&call, 0);
  if (!answersAsDocumented(&call)) return finish(&call, &answer, 0);
  const Directive *d = NULL;
  while ((d = next(&call.script, "errorstring", d)) != NULL && numberOf(d, "code", 0) != code) continue;
  /* Windows has texts for raserror.h only: 600 to RASBASEEND. */
  if (buffer == NULL || (d == NULL && (code < 600 || code > 878)))
    return finish(&call, &answer, ERROR_INVALID_PARAMETER);
  if (numberOf(d, "ret", 0) != 0) return finish(&call, &answer, (DWORD)numberOf(d, "ret", 0));
  WIDE text[1024] = {0};
  char plain[32];
  snprintf(plain, sizeof plain, "Text of error %u", code);
  for (size_t i = 0; d == NULL && plain[i] != 0; i++) text[i] = (WIDE)plain[i];
  copyBytes(d, "text", text, sizeof text - sizeof *text);
  size_t length = 0;
  while (text[length] != 0) length++;
  if (length + 1 > characters) return finish(&call, &answer, ERROR_INSUFFICIENT_BUFFER);
  memcpy(buffer, text, (length + 1) * sizeof *text);
  return finish(&call, &answer, 0);
}
#endif

/* Functions that change something. They do nothing; the log proves whether anybody called them. */
#define CHANGES_STATE(name) \
  RASAPI name(void) { \
    appendToNamedFile("RASDOUBLE_LOG", "CALLED " #name "\n", sizeof("CALLED " #name "\n") - 1); \
    return 0; \
  }

CHANGES_STATE(RasClearConnectionStatistics)
CHANGES_STATE(RasClearLinkStatistics)
CHANGES_STATE(RasDeleteEntryW)
CHANGES_STATE(RasDeleteSubEntryW)
CHANGES_STATE(RasDialDlgW)
CHANGES_STATE(RasDialW)
CHANGES_STATE(RasHangUpW)
CHANGES_STATE(RasRenameEntryW)
CHANGES_STATE(RasSetAutodialEnableW)
CHANGES_STATE(RasSetAutodialParamW)
CHANGES_STATE(RasSetCredentialsW)
CHANGES_STATE(RasSetCustomAuthDataW)
CHANGES_STATE(RasSetEapUserDataW)
CHANGES_STATE(RasSetEntryDialParamsW)
CHANGES_STATE(RasSetEntryPropertiesW)
CHANGES_STATE(RasSetSubEntryPropertiesW)
CHANGES_STATE(RasUpdateConnection)
