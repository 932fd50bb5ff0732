/* RasGetProjectionInfoEx of the double: directive `projection`. */
#include <string.h>
#include "rasapi32-structs.h"
#include "rasapi32.h"

#ifndef WITHOUT_RasGetProjectionInfoEx
static void ppp(const Directive *d, RASPPP_PROJECTION_INFO *info) {
  info->dwIPv4NegotiationError = (DWORD)numberOf(d, "v4error", 0);
  FILL(d, "v4", info->ipv4Address);
  FILL(d, "v4server", info->ipv4ServerAddress);
  info->dwIPv6NegotiationError = (DWORD)numberOf(d, "v6error", 0);
  FILL(d, "v6", info->bInterfaceIdentifier);
  FILL(d, "v6server", info->bServerInterfaceIdentifier);
  info->dwAuthenticationProtocol = (DWORD)numberOf(d, "auth", 0);
  info->dwAuthenticationData = (DWORD)numberOf(d, "authdata", 0);
  info->dwEapTypeId = (DWORD)numberOf(d, "eap", 0);
  info->dwLcpOptions = (DWORD)numberOf(d, "lcp", 0);
  info->dwCcpError = (DWORD)numberOf(d, "ccperror", 0);
  info->dwCcpOptions = (DWORD)numberOf(d, "ccp", 0);
}

/* The lists of server addresses stand behind the structure, in the buffer of the caller. */
static void ikev2(const Directive *d, RASIKEV2_PROJECTION_INFO *info, const uint8_t *lists) {
  info->dwIPv4NegotiationError = (DWORD)numberOf(d, "v4error", 0);
  FILL(d, "v4", info->ipv4Address);
  FILL(d, "v4server", info->ipv4ServerAddress);
  info->dwIPv6NegotiationError = (DWORD)numberOf(d, "v6error", 0);
  FILL(d, "v6", info->ipv6Address);
  FILL(d, "v6server", info->ipv6ServerAddress);
  info->dwAuthenticationProtocol = (DWORD)numberOf(d, "auth", 0);
  info->dwEapTypeId = (DWORD)numberOf(d, "eap", 0);
  info->dwFlags = (DWORD)numberOf(d, "flags", 0);
  info->dwEncryptionMethod = (DWORD)numberOf(d, "cipher", 0);
  info->numIPv4ServerAddresses = (DWORD)numberOf(d, "servers", 0);
  if (info->numIPv4ServerAddresses != 0) info->ipv4ServerAddresses = (uint64_t)(uintptr_t)lists;
}

RASAPI RasGetProjectionInfoEx(HANDLE64 handle, RAS_PROJECTION_INFO *buffer, DWORD *cb) {
  Call call = {.function = "RasGetProjectionInfoEx"};
  Answer answer = {buffer, buffer == NULL || cb == NULL ? 0 : *cb, sizeof *buffer, cb, NULL};
  DWORD version = sizeOf(buffer, answer.offered);
  note(&call, "%s handle=0x%llx buffer=%d", call.function, (unsigned long long)handle, buffer != NULL);
  note(&call, " cb=%lld version=%u", cb == NULL ? -1LL : *cb, version);
  begin(&call, handle);
  if (!answersAsDocumented(&call)) return finish(&call, &answer, 0);
  if (cb == NULL) return finish(&call, &answer, ERROR_INVALID_PARAMETER);
  const Directive *d = withHandle(&call, "projection", handle);
  if (d == NULL && withHandle(&call, "conn", handle) == NULL) return finish(&call, &answer, ERROR_INVALID_HANDLE);
  if (d == NULL) return finish(&call, &answer, ERROR_PROJECTION_NOT_COMPLETE);
  if (numberOf(d, "ret", 0) != 0) return finish(&call, &answer, (DWORD)numberOf(d, "ret", 0));
  size_t lists = 4 * (size_t)numberOf(d, "servers", 0);
  *cb = (DWORD)(sizeof *buffer + lists);
  if (*cb > answer.offered) return finish(&call, &answer, ERROR_BUFFER_TOO_SMALL);
  if (version != RASAPIVERSION_601) return finish(&call, &answer, ERROR_INVALID_PARAMETER);
  RAS_PROJECTION_INFO info = {.version = version, .type = (DWORD)numberOf(d, "type", PROJECTION_INFO_TYPE_IKEv2)};
  uint8_t *behind = (uint8_t *)buffer + sizeof info;
  if (info.type == PROJECTION_INFO_TYPE_PPP) ppp(d, &info.ppp);
  if (info.type == PROJECTION_INFO_TYPE_IKEv2) ikev2(d, &info.ikev2, behind);
  memcpy(buffer, &info, sizeof info);
  memset(behind, 10, lists);
  return finish(&call, &answer, 0);
}
#endif
