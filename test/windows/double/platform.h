/*
 * What the double needs of an operating system, once for Windows and once for Linux: files named by environment variables,
 * a clock, a sleep, the thread, one lock, and how a function is exported.
 */
#ifndef DOUBLE_PLATFORM_H
#define DOUBLE_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

/* The whole file that the environment variable names, NUL-terminated, from malloc; NULL when there is no such file. */
char *readNamedFile(const char *variable);
/* Appends in one write, so that lines of several threads and processes do not mix. */
void appendToNamedFile(const char *variable, const char *text, size_t length);
uint64_t microseconds(void);
void sleepMilliseconds(uint32_t milliseconds);
uint32_t threadId(void);
void lock(void);
void unlock(void);

#ifdef _WIN32
#define CALLED_BY_WINDOWS_RULES __stdcall
#define EXPORTED __declspec(dllexport)
#else
#define CALLED_BY_WINDOWS_RULES
#define EXPORTED __attribute__((visibility("default")))
#endif

#endif
