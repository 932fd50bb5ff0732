/* EVT_VARIANTs of a record, with what they point to behind them; see wevtapi.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "wevtapi.h"

enum { NULL_TYPE = 0, STRING = 1, BYTE = 4, UINT16 = 6, UINT32 = 8, UINT64 = 10, FILETIME_TYPE = 17, HEX64 = 21, ARRAY = 128 };

/* Written here first, with the addresses that it will have in the caller's buffer. */
typedef struct {
  uint8_t *bytes;
  uint64_t address;
  size_t used;
  size_t room;
} Draft;

static void reserve(Draft *draft, size_t length) {
  if (draft->used + length <= draft->room) return;
  draft->room = 2 * (draft->used + length);
  draft->bytes = realloc(draft->bytes, draft->room);
}

static uint64_t append(Draft *draft, const void *bytes, size_t length) {
  static const uint8_t zeroes[8];
  reserve(draft, length + 8);
  size_t at = draft->used;
  memcpy(draft->bytes + at, bytes, length);
  draft->used += length;
  /* The next one stands on 8 bytes again. */
  size_t padding = -draft->used & 7;
  memcpy(draft->bytes + draft->used, zeroes, padding);
  draft->used += padding;
  return draft->address + at;
}

static void set(Draft *draft, size_t index, DWORD type, DWORD count, uint64_t value) {
  EVT_VARIANT variant = {value, count, type};
  memcpy(draft->bytes + index * sizeof variant, &variant, sizeof variant);
}

static void setString(Draft *draft, size_t index, const WIDE *text) {
  DWORD length = 0;
  while (text[length] != 0) length++;
  set(draft, index, STRING, length, append(draft, text, (length + 1) * sizeof *text));
}

static int digit(char hex) { return hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10; }

static size_t decode(const char *hex, uint8_t *bytes) {
  size_t length = 0;
  for (; hex[0] > ' ' && hex[0] != ',' && hex[1] > ' '; hex += 2) bytes[length++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
  return length;
}

/* `TYPE:VALUE`: a number for what stands in the variant, hex of the bytes for what is pointed to, `hex,hex` for an array of it. */
static void setData(Draft *draft, size_t index, const char *said) {
  char *rest;
  DWORD type = (DWORD)strtoul(said, &rest, 10), base = type & 127;
  const char *value = *rest == ':' ? rest + 1 : rest;
  bool pointed = base == STRING || base == 2 || base == 14 || base == 15 || base == 18 || base == 19 || base == 35;
  if ((type & ARRAY) == 0 && !pointed) {
    set(draft, index, type, 1, strtoull(value, NULL, value[0] == '0' && value[1] == 'x' ? 16 : 10));
    return;
  }
  uint8_t *bytes = calloc(strlen(value) + 4, 1);
  size_t length = decode(value, bytes);
  bool text = base == STRING || base == 2 || base == 35;
  set(draft, index, type, (DWORD)(base == 14 ? length : 1), append(draft, bytes, length + (text ? 2 : 0)));
  free(bytes);
}

/* Whether the directive lists the property, `null=time,provider`. */
static bool lists(const Record *record, const char *key, const char *property) {
  const char *list = record->other ? NULL : valueOf(record->said, key);
  return list != NULL && strstr(list, property) != NULL;
}

static void spoil(Draft *draft, const Record *record, size_t index, const char *property) {
  if (lists(record, "null", property)) set(draft, index, NULL_TYPE, 0, 0);
  if (lists(record, "wrong", property)) set(draft, index, 3, 1, 7);
  if (lists(record, "outside", property)) set(draft, index, STRING, 4, draft->address - 16);
  if (lists(record, "behind", property)) set(draft, index, STRING, 4, draft->address + (1u << 24));
}

static size_t systemProperties(Draft *draft, const Record *record) {
  static const WIDE channel[] = {'A', 'p', 'p', 'l', 'i', 'c', 'a', 't', 'i', 'o', 'n', 0}, computer[] = {'P', 'C', 0};
  WIDE provider[256];
  providerOf(record, provider);
  draft->used = SYSTEM_PROPERTIES * sizeof(EVT_VARIANT);
  memset(draft->bytes, 0, draft->used);
  setString(draft, 0, provider);
  set(draft, 2, UINT16, 1, eventIdOf(record));
  set(draft, 3, UINT16, 1, 0);
  set(draft, 4, BYTE, 1, 4);
  set(draft, 5, UINT16, 1, 0);
  set(draft, 6, BYTE, 1, 0);
  set(draft, 7, HEX64, 1, 0x80000000000000u);
  set(draft, 8, FILETIME_TYPE, 1, record->time);
  set(draft, 9, UINT64, 1, record->id);
  set(draft, 12, UINT32, 1, 4);
  set(draft, 13, UINT32, 1, 8);
  setString(draft, 14, channel);
  setString(draft, 15, computer);
  set(draft, 17, BYTE, 1, 0);
  spoil(draft, record, 0, "provider");
  spoil(draft, record, 2, "eventid");
  spoil(draft, record, 8, "time");
  spoil(draft, record, 9, "recordid");
  return SYSTEM_PROPERTIES;
}

static size_t userProperties(Draft *draft, const Record *record) {
  char key[32];
  size_t count = 0;
  for (; snprintf(key, sizeof key, "data%zu", count) > 0 && valueOf(record->said, key) != NULL; count++) continue;
  draft->used = count * sizeof(EVT_VARIANT);
  reserve(draft, 0);
  for (size_t i = 0; i < count; i++) {
    snprintf(key, sizeof key, "data%zu", i);
    setData(draft, i, valueOf(record->said, key));
    spoil(draft, record, i, key);
  }
  return count;
}

DWORD renderRecord(const Record *record, DWORD context, uint8_t *buffer, DWORD size, DWORD *used, DWORD *count) {
  DWORD failure = record->other ? 0 : (DWORD)numberOf(record->said, context == 1 ? "systemfails" : "userfails", 0);
  if (failure != 0) return failure;
  Draft draft = {malloc(4096), (uintptr_t)buffer, 0, 4096};
  *count = (DWORD)(context == 1 ? systemProperties(&draft, record) : userProperties(&draft, record));
  *used = (DWORD)draft.used;
  bool fits = buffer != NULL && draft.used <= size;
  if (fits) memcpy(buffer, draft.bytes, draft.used);
  free(draft.bytes);
  return fits ? 0 : ERROR_INSUFFICIENT_BUFFER;
}
