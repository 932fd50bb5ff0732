/* Stands for netsh.exe, which on Wine does nothing: writes down how it was called. */
#include <stdio.h>
#include <windows.h>

int main(void) {
  FILE *log = fopen("C:\\netsh.log", "a");
  if (log == NULL) return 2;
  fprintf(log, "%s\n", GetCommandLineA());
  return fclose(log) == 0 ? 0 : 2;
}
