/*
 * Structures of ras.h about connections that are up, and about devices, as the Windows 10 SDK lays them out on x64 and arm64;
 * every offset and size is asserted.
 */
#ifndef DOUBLE_RASAPI32_STRUCTS_H
#define DOUBLE_RASAPI32_STRUCTS_H

#include "ras.h"

#define ERROR_PROJECTION_NOT_COMPLETE 730
/* HRESULT_FROM_WIN32(ERROR_INVALID_PARAMETER): the statistics answer with it, where other functions have a code of their own. */
#define E_INVALIDARG_DWORD 0x80070057u

#define RASAPIVERSION_601 4
#define PROJECTION_INFO_TYPE_PPP 1
#define PROJECTION_INFO_TYPE_IKEv2 2

#pragma pack(push, 4)

typedef struct {
  DWORD dwSize;
  WIDE szDeviceType[17];
  WIDE szDeviceName[129];
} RASDEVINFOW;

typedef struct {
  DWORD dwSize;
  DWORD dwBytesXmited;
  DWORD dwBytesRcved;
  DWORD dwFramesXmited;
  DWORD dwFramesRcved;
  DWORD dwCrcErr;
  DWORD dwTimeoutErr;
  DWORD dwAlignmentErr;
  DWORD dwHardwareOverrunErr;
  DWORD dwFramingErr;
  DWORD dwBufferOverrunErr;
  DWORD dwCompressionRatioIn;
  DWORD dwCompressionRatioOut;
  DWORD dwBps;
  DWORD dwConnectDuration;
} RAS_STATS;

typedef struct {
  DWORD dwIPv4NegotiationError;
  uint8_t ipv4Address[4];
  uint8_t ipv4ServerAddress[4];
  DWORD dwIPv4Options;
  DWORD dwIPv4ServerOptions;
  DWORD dwIPv6NegotiationError;
  uint8_t bInterfaceIdentifier[8];
  uint8_t bServerInterfaceIdentifier[8];
  DWORD fBundled;
  DWORD fMultilink;
  DWORD dwAuthenticationProtocol;
  DWORD dwAuthenticationData;
  DWORD dwServerAuthenticationProtocol;
  DWORD dwServerAuthenticationData;
  DWORD dwEapTypeId;
  DWORD dwServerEapTypeId;
  DWORD dwLcpOptions;
  DWORD dwLcpServerOptions;
  DWORD dwCcpError;
  DWORD dwCcpCompressionAlgorithm;
  DWORD dwCcpServerCompressionAlgorithm;
  DWORD dwCcpOptions;
  DWORD dwCcpServerOptions;
} RASPPP_PROJECTION_INFO;

typedef struct {
  DWORD dwIPv4NegotiationError;
  uint8_t ipv4Address[4];
  uint8_t ipv4ServerAddress[4];
  DWORD dwIPv6NegotiationError;
  uint8_t ipv6Address[16];
  uint8_t ipv6ServerAddress[16];
  DWORD dwPrefixLength;
  DWORD dwAuthenticationProtocol;
  DWORD dwEapTypeId;
  DWORD dwFlags;
  DWORD dwEncryptionMethod;
  DWORD numIPv4ServerAddresses;
  uint64_t ipv4ServerAddresses; /* RASIPV4ADDR *, into the caller's buffer */
  DWORD numIPv6ServerAddresses;
  uint64_t ipv6ServerAddresses; /* RASIPV6ADDR * */
} RASIKEV2_PROJECTION_INFO;

typedef struct {
  DWORD version;
  DWORD type;
  union {
    RASPPP_PROJECTION_INFO ppp;
    RASIKEV2_PROJECTION_INFO ikev2;
  };
} RAS_PROJECTION_INFO;

#pragma pack(pop)

#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " has another size")
#define FIELD(type, field, offset, size) \
  _Static_assert(offsetof(type, field) == (offset), #type "." #field " stands elsewhere"); \
  _Static_assert(sizeof(((type *)0)->field) == (size), #type "." #field " has another size")

SIZE(RASDEVINFOW, 296);
FIELD(RASDEVINFOW, dwSize, 0, 4);
FIELD(RASDEVINFOW, szDeviceType, 4, 34);
FIELD(RASDEVINFOW, szDeviceName, 38, 258);

SIZE(RAS_STATS, 60);
FIELD(RAS_STATS, dwSize, 0, 4);
FIELD(RAS_STATS, dwBytesXmited, 4, 4);
FIELD(RAS_STATS, dwBytesRcved, 8, 4);
FIELD(RAS_STATS, dwFramesXmited, 12, 4);
FIELD(RAS_STATS, dwFramesRcved, 16, 4);
FIELD(RAS_STATS, dwCrcErr, 20, 4);
FIELD(RAS_STATS, dwTimeoutErr, 24, 4);
FIELD(RAS_STATS, dwAlignmentErr, 28, 4);
FIELD(RAS_STATS, dwHardwareOverrunErr, 32, 4);
FIELD(RAS_STATS, dwFramingErr, 36, 4);
FIELD(RAS_STATS, dwBufferOverrunErr, 40, 4);
FIELD(RAS_STATS, dwCompressionRatioIn, 44, 4);
FIELD(RAS_STATS, dwCompressionRatioOut, 48, 4);
FIELD(RAS_STATS, dwBps, 52, 4);
FIELD(RAS_STATS, dwConnectDuration, 56, 4);

SIZE(RASPPP_PROJECTION_INFO, 100);
FIELD(RASPPP_PROJECTION_INFO, dwIPv4NegotiationError, 0, 4);
FIELD(RASPPP_PROJECTION_INFO, ipv4Address, 4, 4);
FIELD(RASPPP_PROJECTION_INFO, ipv4ServerAddress, 8, 4);
FIELD(RASPPP_PROJECTION_INFO, dwIPv4Options, 12, 4);
FIELD(RASPPP_PROJECTION_INFO, dwIPv4ServerOptions, 16, 4);
FIELD(RASPPP_PROJECTION_INFO, dwIPv6NegotiationError, 20, 4);
FIELD(RASPPP_PROJECTION_INFO, bInterfaceIdentifier, 24, 8);
FIELD(RASPPP_PROJECTION_INFO, bServerInterfaceIdentifier, 32, 8);
FIELD(RASPPP_PROJECTION_INFO, fBundled, 40, 4);
FIELD(RASPPP_PROJECTION_INFO, fMultilink, 44, 4);
FIELD(RASPPP_PROJECTION_INFO, dwAuthenticationProtocol, 48, 4);
FIELD(RASPPP_PROJECTION_INFO, dwAuthenticationData, 52, 4);
FIELD(RASPPP_PROJECTION_INFO, dwServerAuthenticationProtocol, 56, 4);
FIELD(RASPPP_PROJECTION_INFO, dwServerAuthenticationData, 60, 4);
FIELD(RASPPP_PROJECTION_INFO, dwEapTypeId, 64, 4);
FIELD(RASPPP_PROJECTION_INFO, dwServerEapTypeId, 68, 4);
FIELD(RASPPP_PROJECTION_INFO, dwLcpOptions, 72, 4);
FIELD(RASPPP_PROJECTION_INFO, dwLcpServerOptions, 76, 4);
FIELD(RASPPP_PROJECTION_INFO, dwCcpError, 80, 4);
FIELD(RASPPP_PROJECTION_INFO, dwCcpCompressionAlgorithm, 84, 4);
FIELD(RASPPP_PROJECTION_INFO, dwCcpServerCompressionAlgorithm, 88, 4);
FIELD(RASPPP_PROJECTION_INFO, dwCcpOptions, 92, 4);
FIELD(RASPPP_PROJECTION_INFO, dwCcpServerOptions, 96, 4);

SIZE(RASIKEV2_PROJECTION_INFO, 92);
FIELD(RASIKEV2_PROJECTION_INFO, dwIPv4NegotiationError, 0, 4);
FIELD(RASIKEV2_PROJECTION_INFO, ipv4Address, 4, 4);
FIELD(RASIKEV2_PROJECTION_INFO, ipv4ServerAddress, 8, 4);
FIELD(RASIKEV2_PROJECTION_INFO, dwIPv6NegotiationError, 12, 4);
FIELD(RASIKEV2_PROJECTION_INFO, ipv6Address, 16, 16);
FIELD(RASIKEV2_PROJECTION_INFO, ipv6ServerAddress, 32, 16);
FIELD(RASIKEV2_PROJECTION_INFO, dwPrefixLength, 48, 4);
FIELD(RASIKEV2_PROJECTION_INFO, dwAuthenticationProtocol, 52, 4);
FIELD(RASIKEV2_PROJECTION_INFO, dwEapTypeId, 56, 4);
FIELD(RASIKEV2_PROJECTION_INFO, dwFlags, 60, 4);
FIELD(RASIKEV2_PROJECTION_INFO, dwEncryptionMethod, 64, 4);
FIELD(RASIKEV2_PROJECTION_INFO, numIPv4ServerAddresses, 68, 4);
FIELD(RASIKEV2_PROJECTION_INFO, ipv4ServerAddresses, 72, 8);
FIELD(RASIKEV2_PROJECTION_INFO, numIPv6ServerAddresses, 80, 4);
FIELD(RASIKEV2_PROJECTION_INFO, ipv6ServerAddresses, 84, 8);

SIZE(RAS_PROJECTION_INFO, 108);
FIELD(RAS_PROJECTION_INFO, version, 0, 4);
FIELD(RAS_PROJECTION_INFO, type, 4, 4);
FIELD(RAS_PROJECTION_INFO, ppp, 8, 100);
FIELD(RAS_PROJECTION_INFO, ikev2, 8, 92);

#undef SIZE
#undef FIELD

#endif
