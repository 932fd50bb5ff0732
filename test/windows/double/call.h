/*
 * One call into the double: its line in the log, and what a `behave` directive does to its answer.
 */
#ifndef DOUBLE_CALL_H
#define DOUBLE_CALL_H

#include <stdbool.h>
#include "script.h"

typedef struct {
  const char *function;
  /* The script to answer by. */
  Script script;
  /* The script that held `behave`, and how often `behave` applied before. */
  Script earlier;
  const Directive *behave;
  uint32_t times;
  uint64_t began;
  uint32_t inFlight;
  size_t length;
  char line[8192];
} Call;

/* Where the answer goes. */
typedef struct {
  void *buffer;
  /* Bytes that the caller offers in `buffer`. */
  size_t offered;
  /* Bytes of one element. */
  size_t stride;
  /* In/out; NULL where the function has none. */
  DWORD *cb;
  DWORD *count;
} Answer;

/* Adds to the line in the log. */
void note(Call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds `key=` and the hex of a NUL-terminated string, `null` for NULL. */
void noteString(Call *call, const char *key, const WIDE *string);

/*
 * Reads the script and waits as `delay_ms` and `hang` say. `handle` chooses among directives that name one; 0 where the
 * function has none. Arguments are noted before, so that the log shows what hangs.
 */
void begin(Call *call, uint64_t handle);
/* Whether the function shall answer as documented, before `finish` has its way with the answer. */
bool answersAsDocumented(const Call *call);
/* Applies the directive to the answer, writes the log, and returns what the function shall return. */
DWORD finish(Call *call, const Answer *answer, DWORD result);

#endif
