/* A DLL in a place where the exporter must not look for any: it writes its path into the file that PLANTED_MARK names. */
#include <windows.h>

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved) {
  wchar_t mark[MAX_PATH], path[MAX_PATH];
  DWORD written;
  (void)reserved;
  if (reason != DLL_PROCESS_ATTACH) return TRUE;
  GetEnvironmentVariableW(L"PLANTED_MARK", mark, MAX_PATH);
  DWORD length = GetModuleFileNameW(self, path, MAX_PATH);
  HANDLE file = CreateFileW(mark, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, 0, NULL);
  WriteFile(file, path, length * sizeof(wchar_t), &written, NULL);
  CloseHandle(file);
  return TRUE;
}
