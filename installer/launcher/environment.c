/* The environment that node.exe gets. */
#include "launcher.h"

/*
 * Variables that begin so have node.exe load code, options or libraries from elsewhere (NODE_OPTIONS, NODE_COMPILE_CACHE,
 * OPENSSL_CONF, OPENSSL_MODULES …), or write files.
 */
static const wchar_t *const REMOVED[] = {L"NODE_", L"OPENSSL_"};

/* What pushing over OTLP may need: which authorities are trusted, and whether HTTPS_PROXY counts. */
static const wchar_t *const KEPT[] = {L"NODE_EXTRA_CA_CERTS", L"NODE_USE_ENV_PROXY", L"NODE_USE_SYSTEM_CA"};

/* libuv reads it at its first use only. Four threads, as it has by default, are too few: calls into Windows may hang. */
static const wchar_t THREADS[] = L"UV_THREADPOOL_SIZE";

/* Whether a name begins so, or is it. Windows does not tell capitals from small letters in names of variables. */
static BOOL matches(const wchar_t *name, int length, const wchar_t *other) {
  return CompareStringOrdinal(name, length, other, lstrlenW(other), TRUE) == CSTR_EQUAL;
}

static BOOL is_removed(const wchar_t *name, int length) {
  for (size_t i = 0; i < ARRAYSIZE(KEPT); i++) {
    if (matches(name, length, KEPT[i])) return FALSE;
  }
  for (size_t i = 0; i < ARRAYSIZE(REMOVED); i++) {
    int prefix = lstrlenW(REMOVED[i]);
    if (length >= prefix && matches(name, prefix, REMOVED[i])) return TRUE;
  }
  return FALSE;
}

void clean_environment(void) {
  /* A copy: removing does not change it. */
  const wchar_t *variables = GetEnvironmentStringsW();
  for (const wchar_t *name = variables; name != NULL && *name != L'\0'; name += lstrlenW(name) + 1) {
    int length = 0;
    while (name[length] != L'\0' && name[length] != L'=') length++;
    if (!is_removed(name, length)) continue;
    wchar_t *copy = allocate(length + 1);
    lstrcpynW(copy, name, length + 1);
    SetEnvironmentVariableW(copy, NULL);
  }
  /* The size with the NUL: of an empty one libuv makes one thread. */
  if (GetEnvironmentVariableW(THREADS, NULL, 0) <= 1) SetEnvironmentVariableW(THREADS, L"8");
}
