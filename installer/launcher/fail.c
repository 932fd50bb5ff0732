/* How the launcher says that it cannot go on. */
#include "launcher.h"

/* Into a console as it is, into a file or a pipe as UTF-8. */
static void write_error(const wchar_t *text) {
  HANDLE error = GetStdHandle(STD_ERROR_HANDLE);
  DWORD written;
  if (WriteConsoleW(error, text, lstrlenW(text), &written, NULL)) return;
  int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
  char *bytes = (char *)allocate(size);
  WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, size, NULL, NULL);
  WriteFile(error, bytes, lstrlenA(bytes), &written, NULL);
}

void fail(const wchar_t *what, const wchar_t *path, DWORD error) {
  write_error(L"ras_exporter: ");
  write_error(what);
  write_error(L" ");
  write_error(path);
  wchar_t *reason = NULL;
  DWORD flags = FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
  if (FormatMessageW(flags, NULL, error, 0, (wchar_t *)&reason, 0, NULL) > 0) {
    write_error(L": ");
    write_error(reason);
  } else {
    write_error(L"\r\n");
  }
  ExitProcess(1);
}

wchar_t *allocate(size_t characters) {
  wchar_t *room = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, characters * sizeof(wchar_t));
  if (room == NULL) ExitProcess(1);
  return room;
}
