/* RasEnumDevicesW of the double: directive `device`. */
#include "rasapi32-structs.h"
#include "rasapi32.h"

#ifndef WITHOUT_RasEnumDevicesW
RASAPI RasEnumDevicesW(RASDEVINFOW *buffer, DWORD *cb, DWORD *count) {
  Call call = {.function = "RasEnumDevicesW"};
  Answer answer = {buffer, buffer == NULL || cb == NULL ? 0 : *cb, sizeof(RASDEVINFOW), cb, count};
  DWORD size = sizeOf(buffer, answer.offered), newest;
  note(&call, "%s buffer=%d cb=%lld dwsize=%u", call.function, buffer != NULL, cb == NULL ? -1LL : *cb, size);
  begin(&call, 0);
  bool accepted = accepts(&call, "RASDEVINFOW", "296", size, &newest);
  if (size != 0) answer.stride = size;
  if (!answersAsDocumented(&call)) return finish(&call, &answer, 0);
  size_t elements = 0, i = 0;
  for (const Directive *d = NULL; (d = next(&call.script, "device", d)) != NULL;) elements++;
  DWORD result = enumerate(&answer, accepted, newest, elements);
  for (const Directive *d = NULL; result == 0 && (d = next(&call.script, "device", d)) != NULL; i++) {
    RASDEVINFOW device = {.dwSize = size};
    FILL(d, "type", device.szDeviceType);
    FILL(d, "name", device.szDeviceName);
    put(buffer, i, answer.stride, &device, sizeof device);
  }
  return finish(&call, &answer, result);
}
#endif
