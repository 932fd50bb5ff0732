/*
 * Stands for node.exe behind the launcher: writes its command line, its environment and, if it is to wait, the events of its
 * console to standard output, and ends with NODE_EXTRA_CA_CERTS as its exit code: a variable that the launcher lets through.
 */
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

static void print(const wchar_t *text) {
  static char bytes[65536];
  DWORD written;
  int length = WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes - 1, NULL, NULL) - 1;
  bytes[length] = '\n';
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), bytes, length + 1, &written, NULL);
}

static BOOL WINAPI on_console_event(DWORD event) {
  print(event == CTRL_BREAK_EVENT ? L"event=break" : L"event=other");
  /* Time enough for a launcher that does not wait to be gone. */
  Sleep(500);
  print(L"stopped");
  ExitProcess(7);
}

int wmain(void) {
  SetConsoleCtrlHandler(on_console_event, TRUE);
  print(GetCommandLineW());
  wchar_t *variables = GetEnvironmentStringsW();
  for (wchar_t *variable = variables; *variable != L'\0'; variable += wcslen(variable) + 1) print(variable);
  if (wcsstr(GetCommandLineW(), L"--wait") != NULL) {
    print(L"waiting");
    Sleep(INFINITE);
  }
  const wchar_t *code = _wgetenv(L"NODE_EXTRA_CA_CERTS");
  return code == NULL ? 0 : _wtoi(code);
}
