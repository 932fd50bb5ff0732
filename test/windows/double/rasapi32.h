/* What the functions of the double have in common: versions of structures, elements of arrays, directives by connection. */
#ifndef DOUBLE_RASAPI32_H
#define DOUBLE_RASAPI32_H

#include "call.h"
#include "platform.h"
#include "ras.h"

#define RASAPI EXPORTED DWORD CALLED_BY_WINDOWS_RULES

/* Fills a field of a zeroed structure from the hex in the directive. */
#define FILL(directive, key, field) copyBytes(directive, key, field, sizeof(field))

/* Whether a program that passes this dwSize is understood, by `accept struct= sizes=` or else `defaults`. */
bool accepts(const Call *call, const char *structure, const char *defaults, DWORD size, DWORD *newest);
/* dwSize of the first element; 0 when there is no room for one. */
DWORD sizeOf(const void *buffer, size_t offered);
/* Writes as much of a structure as a program of that version has room for. */
void put(void *buffer, size_t index, size_t stride, const void *structure, size_t size);
/*
 * What the enumerations have in common, before the elements are written: 603 with the needed bytes, 632 for an unknown
 * version, 0 otherwise. Without elements a NULL buffer is good enough.
 */
DWORD enumerate(const Answer *answer, bool sizeAccepted, DWORD newest, size_t elements);
/* The first directive with this word and `handle`; NULL when there is none. */
const Directive *withHandle(const Call *call, const char *word, HANDLE64 handle);

#endif
