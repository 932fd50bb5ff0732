/*
 * What winevt.h declares, as the Windows SDK lays it out on x64 and arm64, and the parts of the double of wevtapi.dll: the log
 * that the script describes, queries over it, and the handles that were given out.
 */
#ifndef DOUBLE_WEVTAPI_H
#define DOUBLE_WEVTAPI_H

#include <stdbool.h>
#include "call.h"

#define ERROR_INVALID_HANDLE 6
#define ERROR_NO_MORE_ITEMS 259
#define ERROR_EVT_INVALID_QUERY 15001
#define ERROR_EVT_CHANNEL_NOT_FOUND 15007

/* Any last error but this one: the function fails and gives no reason. */
#define NO_REASON 0xffffffffu

typedef struct {
  uint64_t value; /* A union of numbers and of pointers. */
  DWORD Count;
  DWORD Type;
} EVT_VARIANT;

_Static_assert(sizeof(EVT_VARIANT) == 16, "EVT_VARIANT");
_Static_assert(offsetof(EVT_VARIANT, value) == 0, "EVT_VARIANT.value");
_Static_assert(offsetof(EVT_VARIANT, Count) == 8, "EVT_VARIANT.Count");
_Static_assert(offsetof(EVT_VARIANT, Type) == 12, "EVT_VARIANT.Type");
_Static_assert(sizeof(void *) == 8, "pointers");

enum { SYSTEM_PROPERTIES = 18 };

/* One record: a directive, and what an `events` directive makes different in each of its records. */
typedef struct {
  const Directive *said;
  uint64_t id;
  uint64_t time; /* FILETIME */
  bool other; /* Of another provider, whatever the directive says. */
} Record;

/* The log as it was when a query began. Shared by the query and its records, freed with the last of them. */
typedef struct {
  Script script;
  Record *records; /* Oldest first. */
  size_t count;
  uint32_t users;
} Log;

Log *openLog(void);
Log *shareLog(Log *log);
void closeLog(Log *log);
/* `provider` gets at most 255 characters; both as the record says, also when the record is to be rendered without them. */
void providerOf(const Record *record, WIDE provider[256]);
DWORD eventIdOf(const Record *record);

/* A query over `log`: the records that match, in the order of the query. 0, or why there is none. */
typedef struct {
  Log *log;
  size_t *matches;
  size_t count;
  size_t next;
} ResultSet;

DWORD openQuery(const WIDE *xpath, bool reverse, ResultSet *result);

/* Writes EVT_VARIANTs and what they point to; `*used` and `*count` as EvtRender does. */
DWORD renderRecord(const Record *record, DWORD context, uint8_t *buffer, DWORD size, DWORD *used, DWORD *count);

typedef enum { NOTHING, RESULT_SET, EVENT, CONTEXT } Kind;

typedef struct {
  Kind kind;
  ResultSet result; /* RESULT_SET */
  Log *log; /* EVENT */
  size_t index; /* EVENT: of the record */
  DWORD flags; /* CONTEXT */
} Object;

/* A new handle; no number is given twice, so that what is used after it was closed is seen. */
uint64_t openObject(const Object *object);
/* NULL when there is none; the log of calls then has `misuse=unknown`, `misuse=closed` or `misuse=kind`. */
Object *objectOf(Call *call, uint64_t handle, Kind kind);
/* Notes misuse as `objectOf` does, and `open=`, how many are left. */
bool closeObject(Call *call, uint64_t handle);

#endif
