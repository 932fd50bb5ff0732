/* See rasapi32.h. */
#include "rasapi32.h"
#include <stdio.h>
#include <string.h>

bool accepts(const Call *call, const char *structure, const char *defaults, DWORD size, DWORD *newest) {
  const char *sizes = defaults;
  for (const Directive *d = NULL; (d = next(&call->script, "accept", d)) != NULL;) {
    const char *name = valueOf(d, "struct");
    if (name != NULL && strcmp(name, structure) == 0 && valueOf(d, "sizes") != NULL) sizes = valueOf(d, "sizes");
  }
  bool accepted = false;
  for (*newest = 0; sizes != NULL; sizes = strchr(sizes, ',') == NULL ? NULL : strchr(sizes, ',') + 1) {
    unsigned known = 0;
    if (sscanf(sizes, "%u", &known) != 1) break;
    if (*newest == 0) *newest = known;
    accepted = accepted || known == size;
  }
  return accepted;
}

DWORD sizeOf(const void *buffer, size_t offered) {
  DWORD size = 0;
  if (buffer != NULL && offered >= sizeof size) memcpy(&size, buffer, sizeof size);
  return size;
}

void put(void *buffer, size_t index, size_t stride, const void *structure, size_t size) {
  memcpy((uint8_t *)buffer + index * stride, structure, size < stride ? size : stride);
}

DWORD enumerate(const Answer *answer, bool sizeAccepted, DWORD newest, size_t elements) {
  if (answer->cb == NULL || answer->count == NULL) return ERROR_INVALID_PARAMETER;
  if (answer->buffer == NULL) {
    *answer->cb = (DWORD)(elements * newest);
    if (elements != 0) return ERROR_BUFFER_TOO_SMALL;
  } else {
    if (!sizeAccepted) return ERROR_INVALID_SIZE;
    *answer->cb = (DWORD)(elements * answer->stride);
    if (elements * answer->stride > answer->offered) return ERROR_BUFFER_TOO_SMALL;
  }
  *answer->count = (DWORD)elements;
  return 0;
}

const Directive *withHandle(const Call *call, const char *word, HANDLE64 handle) {
  const Directive *d = NULL;
  while ((d = next(&call->script, word, d)) != NULL && numberOf(d, "handle", 0) != handle) continue;
  return d;
}
