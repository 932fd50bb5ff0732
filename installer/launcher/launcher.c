/*
 * ras_exporter.exe ARGUMENTS: runs node.exe with ras_exporter.cjs, both of its own folder, and ends as they end.
 *
 * It is for consoles. The service runs node.exe itself: it has no use for a second process.
 */
#include "launcher.h"

static HANDLE node;

/*
 * Ctrl+C and Ctrl+Break come to every process of the console: node.exe stops by itself, and the launcher waits for it. After the
 * events that end a console or a session, a process ends as soon as this returns, and would take node.exe with it.
 */
static BOOL WINAPI on_console_event(DWORD event) {
  if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) WaitForSingleObject(node, INFINITE);
  return TRUE;
}

/* The folder of this program, with a backslash at its end. */
static wchar_t *own_folder(void) {
  for (DWORD size = MAX_PATH;; size *= 2) {
    wchar_t *path = allocate(size);
    DWORD length = GetModuleFileNameW(NULL, path, size);
    if (length == 0) fail(L"cannot tell where it is", L"", GetLastError());
    if (length >= size) continue;
    while (length > 0 && path[length - 1] != L'\\') length--;
    path[length] = L'\0';
    return path;
  }
}

/* The path of a file beside this program; ends the process when it is not there. */
static wchar_t *beside(const wchar_t *folder, const wchar_t *name) {
  wchar_t *path = allocate(lstrlenW(folder) + lstrlenW(name) + 1);
  lstrcpyW(path, folder);
  lstrcatW(path, name);
  if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) fail(L"is incomplete without", path, GetLastError());
  return path;
}

/* What follows the name of the program, as it was written: to quote it anew could change it. */
static const wchar_t *arguments(void) {
  const wchar_t *rest = GetCommandLineW();
  BOOL quoted = FALSE;
  for (; *rest != L'\0' && (quoted || (*rest != L' ' && *rest != L'\t')); rest++) {
    if (*rest == L'"') quoted = !quoted;
  }
  return rest;
}

static wchar_t *command_line(const wchar_t *program, const wchar_t *script) {
  const wchar_t *const parts[] = {L"\"", program, L"\" \"", script, L"\"", arguments()};
  size_t length = 0;
  for (size_t i = 0; i < ARRAYSIZE(parts); i++) length += lstrlenW(parts[i]);
  wchar_t *line = allocate(length + 1);
  for (size_t i = 0; i < ARRAYSIZE(parts); i++) lstrcatW(line, parts[i]);
  return line;
}

/*
 * Has Windows end node.exe when this process is gone, however that came. Where it refuses, in a job of somebody else that takes no
 * further one, the exporter runs all the same.
 */
static void end_with_launcher(HANDLE process) {
  static JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  HANDLE job = CreateJobObjectW(NULL, NULL);
  if (job == NULL) return;
  SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
  AssignProcessToJobObject(job, process);
}

/* Starts node.exe with the handles of this process, also those beyond the three standard ones. */
static void start_node(const wchar_t *program, wchar_t *line) {
  STARTUPINFOW startup;
  PROCESS_INFORMATION started;
  GetStartupInfoW(&startup);
  if (!CreateProcessW(program, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &startup, &started))
    fail(L"cannot start", program, GetLastError());
  node = started.hProcess;
  end_with_launcher(node);
  ResumeThread(started.hThread);
}

void start(void) {
  SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
  /* The working directory is no place to look for DLLs. */
  SetDllDirectoryW(L"");
  const wchar_t *folder = own_folder();
  wchar_t *program = beside(folder, L"node.exe");
  wchar_t *line = command_line(program, beside(folder, L"ras_exporter.cjs"));
  clean_environment();
  SetConsoleCtrlHandler(on_console_event, TRUE);
  start_node(program, line);
  DWORD code = 1;
  WaitForSingleObject(node, INFINITE);
  GetExitCodeProcess(node, &code);
  ExitProcess(code);
}
