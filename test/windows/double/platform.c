/* See platform.h. */
#ifndef _WIN32
#define _GNU_SOURCE
#endif
#include "platform.h"
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32

#include <windows.h>

static SRWLOCK guard = SRWLOCK_INIT;

static HANDLE openNamed(const char *variable, DWORD access, DWORD disposition) {
  char name[32];
  wchar_t wideName[32], path[1024];
  strncpy(name, variable, sizeof name - 1);
  name[sizeof name - 1] = 0;
  for (size_t i = 0; i < sizeof name; i++) wideName[i] = (unsigned char)name[i];
  DWORD length = GetEnvironmentVariableW(wideName, path, 1024);
  if (length == 0 || length >= 1024) return INVALID_HANDLE_VALUE;
  /* The tests replace these files while they are open here. */
  DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  return CreateFileW(path, access, share, NULL, disposition, FILE_ATTRIBUTE_NORMAL, NULL);
}

char *readNamedFile(const char *variable) {
  HANDLE file = openNamed(variable, GENERIC_READ, OPEN_EXISTING);
  if (file == INVALID_HANDLE_VALUE) return NULL;
  LARGE_INTEGER size;
  char *text = NULL;
  if (GetFileSizeEx(file, &size) && (text = malloc((size_t)size.QuadPart + 1)) != NULL) {
    DWORD length = 0;
    if (!ReadFile(file, text, (DWORD)size.QuadPart, &length, NULL)) length = 0;
    text[length] = 0;
  }
  CloseHandle(file);
  return text;
}

void appendToNamedFile(const char *variable, const char *text, size_t length) {
  HANDLE file = openNamed(variable, FILE_APPEND_DATA, OPEN_ALWAYS);
  if (file == INVALID_HANDLE_VALUE) return;
  DWORD written;
  WriteFile(file, text, (DWORD)length, &written, NULL);
  CloseHandle(file);
}

uint64_t microseconds(void) {
  LARGE_INTEGER ticks, frequency;
  QueryPerformanceCounter(&ticks);
  QueryPerformanceFrequency(&frequency);
  return (uint64_t)((double)ticks.QuadPart * 1e6 / (double)frequency.QuadPart);
}

void sleepMilliseconds(uint32_t milliseconds) { Sleep(milliseconds); }
uint32_t threadId(void) { return GetCurrentThreadId(); }
void lock(void) { AcquireSRWLockExclusive(&guard); }
void unlock(void) { ReleaseSRWLockExclusive(&guard); }

#else

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static int openNamed(const char *variable, int flags) {
  const char *path = getenv(variable);
  return path == NULL ? -1 : open(path, flags | O_CLOEXEC, 0666);
}

char *readNamedFile(const char *variable) {
  int file = openNamed(variable, O_RDONLY);
  if (file < 0) return NULL;
  struct stat status;
  char *text = NULL;
  if (fstat(file, &status) == 0 && (text = malloc((size_t)status.st_size + 1)) != NULL) {
    ssize_t length = read(file, text, (size_t)status.st_size);
    text[length < 0 ? 0 : length] = 0;
  }
  close(file);
  return text;
}

void appendToNamedFile(const char *variable, const char *text, size_t length) {
  int file = openNamed(variable, O_WRONLY | O_APPEND | O_CREAT);
  if (file < 0) return;
  ssize_t written = write(file, text, length);
  (void)written;
  close(file);
}

uint64_t microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

void sleepMilliseconds(uint32_t milliseconds) { usleep(milliseconds * 1000u); }
uint32_t threadId(void) { return (uint32_t)syscall(SYS_gettid); }
void lock(void) { pthread_mutex_lock(&guard); }
void unlock(void) { pthread_mutex_unlock(&guard); }

#endif
