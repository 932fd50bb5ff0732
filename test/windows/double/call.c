/* See call.h. */
#include "call.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "platform.h"

#define MOST_COUNTERS 4096
#define HANG_SLICE_MS 20

static struct {
  uint64_t hash;
  uint32_t times;
} counters[MOST_COUNTERS];
static uint32_t inFlight;
static uint32_t fuzzed;

/* How many answers were garbage so far: a log of so many would be most of what a test does. */
EXPORTED uint32_t FuzzedAnswers(void) { return fuzzed; }

/* How often the line applied, counting this time when it is below `limit`; `limit` when it does not apply any more. */
static uint32_t countTime(uint64_t hash, uint32_t limit) {
  uint32_t times = limit;
  lock();
  for (size_t i = 0; i < MOST_COUNTERS; i++) {
    if (counters[i].hash != hash && counters[i].times != 0) continue;
    if (counters[i].times < limit) {
      counters[i].hash = hash;
      times = counters[i].times++;
    }
    break;
  }
  unlock();
  return times;
}

void note(Call *call, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int written = vsnprintf(call->line + call->length, sizeof call->line - call->length, format, arguments);
  va_end(arguments);
  if (written > 0) call->length += (size_t)written;
  if (call->length >= sizeof call->line) call->length = sizeof call->line - 1;
}

void noteString(Call *call, const char *key, const WIDE *string) {
  note(call, " %s=%s", key, string == NULL ? "null" : "");
  for (size_t i = 0; string != NULL && string[i] != 0 && i < 512; i++)
    note(call, "%02x%02x", string[i] & 0xff, string[i] >> 8);
}

static void writeLine(Call *call) {
  note(call, " inflight=%u thread=%u at_us=%llu\n", call->inFlight, threadId(), (unsigned long long)call->began);
  appendToNamedFile("RASDOUBLE_LOG", call->line, call->length);
}

static const Directive *behaviour(Call *call, uint64_t handle) {
  for (const Directive *d = NULL; (d = next(&call->script, "behave", d)) != NULL;) {
    const char *function = valueOf(d, "function");
    if (function == NULL || (strcmp(function, "*") != 0 && strcmp(function, call->function) != 0)) continue;
    if (valueOf(d, "handle") != NULL && numberOf(d, "handle", 0) != handle) continue;
    uint32_t after = (uint32_t)numberOf(d, "after", 0);
    uint32_t count = (uint32_t)numberOf(d, "count", numberOf(d, "grow", UINT32_MAX - after));
    call->times = countTime(d->hash, after + count);
    if (call->times >= after && call->times < after + count) return d;
  }
  return NULL;
}

/* Sleeps while the script holds the line; the script that ended it becomes the one to answer by. */
static void hang(Call *call) {
  uint64_t hash = call->behave->hash;
  Call started = *call;
  note(&started, " hangs=1");
  writeLine(&started);
  for (bool held = true; held;) {
    sleepMilliseconds(HANG_SLICE_MS);
    Script now = readScript();
    held = false;
    for (const Directive *d = NULL; (d = next(&now, "behave", d)) != NULL;) held = held || d->hash == hash;
    if (held) {
      freeScript(&now);
    } else {
      call->earlier = call->script;
      call->script = now;
    }
  }
}

void begin(Call *call, uint64_t handle) {
  lock();
  call->inFlight = ++inFlight;
  unlock();
  call->began = microseconds();
  call->script = readScript();
  call->behave = behaviour(call, handle);
  if (valueOf(call->behave, "delay_ms") != NULL) sleepMilliseconds((uint32_t)numberOf(call->behave, "delay_ms", 0));
  if (numberOf(call->behave, "hang", 0) != 0) hang(call);
}

static bool says(const Call *call, const char *key) { return valueOf(call->behave, key) != NULL; }

bool answersAsDocumented(const Call *call) {
  if (says(call, "grow") || says(call, "raw") || numberOf(call->behave, "nowrite", 0) != 0) return false;
  return numberOf(call->behave, "ret", 0) == 0;
}

/* splitmix64 */
static uint64_t random64(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/* Small, near the truth, or anything. */
static DWORD randomInteger(uint64_t *state, size_t truth) {
  uint64_t dice = random64(state);
  switch (dice >> 8 & 3) {
    case 0: return (DWORD)(dice >> 32 & 3);
    case 1: return (DWORD)(truth + (dice >> 32) % 5 - 2);
    case 2: return (DWORD)truth;
    default: return (DWORD)(dice >> 32);
  }
}

/* Garbage within what the caller offered: all of it, a few bytes of a good answer, or one value over and over. */
static void randomBytes(uint64_t *state, uint8_t *bytes, size_t length) {
  uint64_t dice = random64(state);
  if (bytes == NULL || length == 0) return;
  switch (dice & 3) {
    case 0:
      for (size_t i = 0; i < length; i++) bytes[i] = (uint8_t)random64(state);
      break;
    case 1:
      memset(bytes, (dice >> 8 & 1) != 0 ? 0xff : (int)(dice >> 16 & 0xff), length);
      break;
    default:
      for (uint64_t n = 1 + (dice >> 8) % 64; n > 0; n--) bytes[random64(state) % length] = (uint8_t)random64(state);
  }
}

static DWORD randomResult(uint64_t *state) {
  static const DWORD codes[] = {5, 6, 87, 122, 603, 603, 603, 623, 632, 711, 1722, 0x800706ba};
  uint64_t dice = random64(state);
  if (dice % 8 < 5) return 0;
  return dice % 8 == 7 ? (DWORD)(dice >> 32) : codes[(dice >> 32) % (sizeof codes / sizeof *codes)];
}

static DWORD misbehave(const Call *call, const Answer *answer, DWORD result) {
  const Directive *behave = call->behave;
  size_t asked = answer->cb == NULL ? 0 : *answer->cb;
  if (behave == NULL) return result;
  if (says(call, "grow")) {
    if (answer->cb != NULL) *answer->cb = (DWORD)(answer->offered + answer->stride);
    result = ERROR_BUFFER_TOO_SMALL;
  } else if (says(call, "raw")) {
    size_t length = answer->buffer == NULL ? 0 : copyBytes(behave, "raw", answer->buffer, answer->offered);
    if (answer->count != NULL) *answer->count = (DWORD)(length / answer->stride);
    if (answer->cb != NULL) *answer->cb = (DWORD)length;
    result = 0;
  } else if (says(call, "fuzz")) {
    lock();
    fuzzed++;
    unlock();
    uint64_t state = numberOf(behave, "fuzz", 0) + call->times * 0x632be59bd9b4e019u;
    randomBytes(&state, answer->buffer, answer->offered);
    if (answer->cb != NULL) *answer->cb = randomInteger(&state, asked);
    if (answer->count != NULL) *answer->count = randomInteger(&state, answer->offered / answer->stride);
    result = randomResult(&state);
  } else if (numberOf(behave, "nowrite", 0) != 0) {
    result = 0;
  }
  if (says(call, "set_cb") && answer->cb != NULL) *answer->cb = (DWORD)numberOf(behave, "set_cb", 0);
  if (says(call, "set_count") && answer->count != NULL) *answer->count = (DWORD)numberOf(behave, "set_count", 0);
  return (DWORD)numberOf(behave, "ret", result);
}

DWORD finish(Call *call, const Answer *answer, DWORD result) {
  result = misbehave(call, answer, result);
  if (answer->cb != NULL) note(call, " cb_out=%u", *answer->cb);
  if (answer->count != NULL) note(call, " count_out=%u", *answer->count);
  note(call, " ret=%u took_us=%llu", result, (unsigned long long)(microseconds() - call->began));
  writeLine(call);
  lock();
  inFlight--;
  unlock();
  freeScript(&call->script);
  freeScript(&call->earlier);
  return result;
}
