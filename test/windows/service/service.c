/*
 * A service that does nothing but run and stop: stands for RasMan, so that a real service control manager has a state to tell.
 */
#include <windows.h>

static SERVICE_STATUS_HANDLE status;
static HANDLE stop;

static void say(DWORD state) {
  SERVICE_STATUS now = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = state};
  now.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN : 0;
  SetServiceStatus(status, &now);
}

static DWORD WINAPI control(DWORD code, DWORD type, LPVOID data, LPVOID context) {
  (void)type, (void)data, (void)context;
  if (code == SERVICE_CONTROL_STOP || code == SERVICE_CONTROL_SHUTDOWN) {
    say(SERVICE_STOP_PENDING);
    SetEvent(stop);
  }
  return NO_ERROR;
}

static void WINAPI run(DWORD count, LPWSTR *arguments) {
  (void)count, (void)arguments;
  status = RegisterServiceCtrlHandlerExW(L"", control, NULL);
  say(SERVICE_RUNNING);
  WaitForSingleObject(stop, INFINITE);
  say(SERVICE_STOPPED);
}

int main(void) {
  static WCHAR name[] = L"";
  SERVICE_TABLE_ENTRYW table[] = {{name, run}, {NULL, NULL}};
  stop = CreateEventW(NULL, TRUE, FALSE, NULL);
  return StartServiceCtrlDispatcherW(table) ? 0 : 1;
}
