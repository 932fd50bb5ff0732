/*
 * The script that a test writes: one directive a line, `word key=value key=value`.
 *
 * Integers are decimal or 0x hex. Strings are hex of their UTF-16LE code units, so that garbage, lone surrogates and
 * unterminated strings can be said; one that fills its field has no terminator. GUIDs are 32 hex digits of raw bytes.
 */
#ifndef DOUBLE_SCRIPT_H
#define DOUBLE_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ras.h"

#define MOST_PAIRS 32

typedef struct {
  const char *word;
  size_t pairs;
  const char *key[MOST_PAIRS];
  const char *value[MOST_PAIRS];
  /* Of the whole line: what is counted per line survives a new script that still has it. */
  uint64_t hash;
} Directive;

typedef struct {
  char *text;
  Directive *directives;
  size_t count;
} Script;

/* The script as it stands now; empty when there is none. */
Script readScript(void);
void freeScript(Script *script);

/* The next directive with this word; `after` NULL for the first. NULL when there is none. */
const Directive *next(const Script *script, const char *word, const Directive *after);
/* NULL when the directive has no such key; so are the following without effect then. */
const char *valueOf(const Directive *directive, const char *key);
uint64_t numberOf(const Directive *directive, const char *key, uint64_t otherwise);
/* Writes at most `most` bytes; returns how many. */
size_t copyBytes(const Directive *directive, const char *key, void *to, size_t most);
/* Whether the value is the hex of this NUL-terminated string. */
bool isString(const Directive *directive, const char *key, const WIDE *string);

#endif
