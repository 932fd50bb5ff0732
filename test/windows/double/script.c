/* See script.h. */
#include "script.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "platform.h"

static uint64_t hashOf(const char *text) {
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
  for (; *text != 0; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
  return hash;
}

/* Cuts the next word out of a line; NULL at its end. */
static char *cutWord(char **rest) {
  char *word = *rest;
  while (*word == ' ') word++;
  if (*word == 0) return NULL;
  char *end = word;
  while (*end != 0 && *end != ' ') end++;
  *rest = *end == 0 ? end : end + 1;
  *end = 0;
  return word;
}

static Directive parse(char *line) {
  Directive directive = {.word = "", .hash = hashOf(line)};
  char *word = cutWord(&line);
  if (word == NULL || *word == '#') return directive;
  directive.word = word;
  while (directive.pairs < MOST_PAIRS && (word = cutWord(&line)) != NULL) {
    char *equals = strchr(word, '=');
    if (equals == NULL) continue;
    *equals = 0;
    directive.key[directive.pairs] = word;
    directive.value[directive.pairs] = equals + 1;
    directive.pairs++;
  }
  return directive;
}

/* With RASDOUBLE_FIXED, the script as it was first: opening a file for each call costs more on Wine than the call itself. */
static char *readText(void) {
  static char *kept;
  if (getenv("RASDOUBLE_FIXED") == NULL) return readNamedFile("RASDOUBLE_SCRIPT");
  lock();
  if (kept == NULL) kept = readNamedFile("RASDOUBLE_SCRIPT");
  size_t size = kept == NULL ? 0 : strlen(kept) + 1;
  char *text = size == 0 ? NULL : malloc(size);
  if (text != NULL) memcpy(text, kept, size);
  unlock();
  return text;
}

Script readScript(void) {
  Script script = {.text = readText()};
  if (script.text == NULL) return script;
  size_t lines = 1;
  for (char *at = script.text; *at != 0; at++) lines += *at == '\n';
  script.directives = calloc(lines, sizeof *script.directives);
  if (script.directives == NULL) return script;
  for (char *line = script.text; line != NULL;) {
    char *end = strchr(line, '\n');
    if (end != NULL) *end = 0;
    script.directives[script.count++] = parse(line);
    line = end == NULL ? NULL : end + 1;
  }
  return script;
}

void freeScript(Script *script) {
  free(script->directives);
  free(script->text);
  *script = (Script){0};
}

const Directive *next(const Script *script, const char *word, const Directive *after) {
  size_t i = after == NULL ? 0 : (size_t)(after - script->directives) + 1;
  for (; i < script->count; i++)
    if (strcmp(script->directives[i].word, word) == 0) return &script->directives[i];
  return NULL;
}

const char *valueOf(const Directive *directive, const char *key) {
  if (directive == NULL) return NULL;
  for (size_t i = 0; i < directive->pairs; i++)
    if (strcmp(directive->key[i], key) == 0) return directive->value[i];
  return NULL;
}

uint64_t numberOf(const Directive *directive, const char *key, uint64_t otherwise) {
  const char *value = valueOf(directive, key);
  if (value == NULL) return otherwise;
  bool hex = value[0] == '0' && (value[1] == 'x' || value[1] == 'X');
  return strtoull(value, NULL, hex ? 16 : 10);
}

static int digit(char hex) {
  if (hex >= '0' && hex <= '9') return hex - '0';
  int lower = tolower((unsigned char)hex);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

size_t copyBytes(const Directive *directive, const char *key, void *to, size_t most) {
  const char *hex = valueOf(directive, key);
  size_t length = 0;
  for (; hex != NULL && length < most && digit(hex[0]) >= 0 && digit(hex[1]) >= 0; hex += 2)
    ((uint8_t *)to)[length++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
  return length;
}

bool isString(const Directive *directive, const char *key, const WIDE *string) {
  WIDE expected[1024] = {0};
  if (valueOf(directive, key) == NULL) return false;
  copyBytes(directive, key, expected, sizeof expected - sizeof *expected);
  size_t i = 0;
  while (string[i] != 0 && string[i] == expected[i]) i++;
  return string[i] == expected[i];
}
