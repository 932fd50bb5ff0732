/* The log that the script describes; see wevtapi.h. */
#include <stdlib.h>
#include <string.h>
#include "platform.h"
#include "wevtapi.h"

/* 2024-01-01, and a second. */
#define FIRST_TIME 133485408000000000u
#define SECOND 10000000u

static size_t recordsOf(const Directive *d) {
  if (strcmp(d->word, "event") == 0) return 1;
  return strcmp(d->word, "events") == 0 ? (size_t)numberOf(d, "count", 1) : 0;
}

static void addRecords(Log *log, const Directive *d) {
  uint64_t id = numberOf(d, "id", 1), every = numberOf(d, "every", 1), step = numberOf(d, "step", SECOND);
  uint64_t time = numberOf(d, "time", FIRST_TIME + id * SECOND);
  size_t count = recordsOf(d);
  for (size_t i = 0; i < count; i++)
    log->records[log->count++] = (Record){d, id + i, time + i * step, every != 0 && (i + 1) % every != 0};
}

Log *openLog(void) {
  Log *log = calloc(1, sizeof *log);
  log->script = readScript();
  log->users = 1;
  size_t count = 0;
  for (size_t i = 0; i < log->script.count; i++) count += recordsOf(&log->script.directives[i]);
  log->records = calloc(count + 1, sizeof *log->records);
  for (size_t i = 0; i < log->script.count; i++) addRecords(log, &log->script.directives[i]);
  return log;
}

Log *shareLog(Log *log) {
  lock();
  log->users++;
  unlock();
  return log;
}

void closeLog(Log *log) {
  lock();
  bool last = log != NULL && --log->users == 0;
  unlock();
  if (!last) return;
  freeScript(&log->script);
  free(log->records);
  free(log);
}

void providerOf(const Record *record, WIDE provider[256]) {
  const char *name = record->other ? "Other" : "RasClient";
  memset(provider, 0, 256 * sizeof *provider);
  if (!record->other && copyBytes(record->said, "provider", provider, 255 * sizeof *provider) > 0) return;
  for (size_t i = 0; name[i] != 0; i++) provider[i] = (WIDE)name[i];
}

DWORD eventIdOf(const Record *record) {
  return record->other ? 1000 : (DWORD)numberOf(record->said, "eventid", 20221);
}
