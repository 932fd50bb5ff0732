/* Queries in as much XPath as the exporter uses; anything else is ERROR_EVT_INVALID_QUERY. See wevtapi.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "platform.h"
#include "wevtapi.h"

typedef struct {
  const char *at;
  const Record *record;
  bool invalid;
} Parser;

static bool take(Parser *parser, const char *text) {
  size_t length = strlen(text);
  if (strncmp(parser->at, text, length) != 0) return false;
  parser->at += length;
  return true;
}

static bool fail(Parser *parser) {
  parser->invalid = true;
  return false;
}

/* `>=5`, compared with `value`. */
static bool comparison(Parser *parser, uint64_t value) {
  static const char *const operators[] = {">=", "<=", ">", "<", "="};
  size_t which = 0;
  while (which < 5 && !take(parser, operators[which])) which++;
  char *end;
  uint64_t other = strtoull(parser->at, &end, 10);
  if (which == 5 || end == parser->at) return fail(parser);
  parser->at = end;
  bool results[] = {value >= other, value <= other, value > other, value < other, value == other};
  return results[which];
}

/* Days since 1601-01-01. */
static uint64_t daysOf(uint64_t year, uint64_t month, uint64_t day) {
  static const uint64_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  uint64_t years = year - 1;
  uint64_t days = years * 365 + years / 4 - years / 100 + years / 400 - 584388;
  return days + before[(month - 1) % 12] + day - 1 + (leap && month > 2);
}

/* `TimeCreated[@SystemTime>='2024-01-01T00:00:00.000Z']` after its first words. */
static bool systemTime(Parser *parser) {
  unsigned year, month, day, hour, minute, second, ms;
  if (!take(parser, ">='")) return fail(parser);
  int fields = sscanf(parser->at, "%4u-%2u-%2uT%2u:%2u:%2u.%3uZ", &year, &month, &day, &hour, &minute, &second, &ms);
  const char *end = strstr(parser->at, "Z']");
  if (fields != 7 || end == NULL || year < 1601) return fail(parser);
  parser->at = end + 3;
  uint64_t seconds = ((daysOf(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  return parser->record->time >= (seconds * 1000 + ms) * 10000;
}

static bool providerName(Parser *parser) {
  WIDE name[256];
  providerOf(parser->record, name);
  bool same = true;
  size_t i = 0;
  for (; *parser->at != 0 && *parser->at != '\''; parser->at++, i++) same = same && name[i] == (WIDE)*parser->at;
  return take(parser, "']") ? same && name[i] == 0 : fail(parser);
}

static bool conjunction(Parser *parser);

static bool term(Parser *parser) {
  if (take(parser, "(")) {
    bool result = conjunction(parser);
    return take(parser, ")") ? result : fail(parser);
  }
  if (take(parser, "Provider[@Name='")) return providerName(parser);
  if (take(parser, "TimeCreated[@SystemTime")) return systemTime(parser);
  if (take(parser, "EventID")) return comparison(parser, eventIdOf(parser->record));
  if (take(parser, "EventRecordID")) return comparison(parser, parser->record->id);
  return fail(parser);
}

static bool conjunction(Parser *parser) {
  bool result = term(parser);
  while (!parser->invalid && take(parser, " and ")) result = term(parser) && result;
  return result;
}

static bool matches(const char *xpath, const Record *record, bool *invalid) {
  Parser parser = {xpath, record, false};
  if (strcmp(xpath, "*") == 0) return true;
  bool result = take(&parser, "*[System[") && conjunction(&parser);
  *invalid = parser.invalid || !take(&parser, "]]") || *parser.at != 0;
  return result && !*invalid;
}

DWORD openQuery(const WIDE *xpath, bool reverse, ResultSet *result) {
  char text[1024] = "*";
  for (size_t i = 0; xpath != NULL && i < sizeof text - 1 && (i == 0 || xpath[i - 1] != 0); i++) text[i] = (char)xpath[i];
  Log *log = openLog();
  *result = (ResultSet){.log = log, .matches = calloc(log->count + 1, sizeof *result->matches)};
  Record none = {.said = NULL};
  bool invalid = false;
  matches(text, &none, &invalid);
  for (size_t i = 0; i < log->count && !invalid; i++) {
    size_t index = reverse ? log->count - 1 - i : i;
    if (matches(text, &log->records[index], &invalid)) result->matches[result->count++] = index;
  }
  if (!invalid) return 0;
  closeLog(log);
  free(result->matches);
  return ERROR_EVT_INVALID_QUERY;
}
