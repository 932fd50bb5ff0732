/*
 * ras_exporter.exe is made without a C runtime, of functions of kernel32.dll alone (kernel32.def): there is no other DLL that
 * somebody could put in its way, and one compiler makes it for x64 and arm64.
 */
#ifndef LAUNCHER_H
#define LAUNCHER_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* Removes from this process's environment, which node.exe inherits, what would change what node.exe runs. */
void clean_environment(void);

/* Room for so many characters, zeroed; ends the process when there is none. Nothing is ever freed: the process waits and ends. */
wchar_t *allocate(size_t characters);

/* Writes "ras_exporter: WHAT PATH: the text of Windows' error" to standard error, and ends the process with exit code 1. */
__declspec(noreturn) void fail(const wchar_t *what, const wchar_t *path, DWORD error);

#endif
