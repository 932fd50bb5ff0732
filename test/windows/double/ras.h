/*
 * The structures of ras.h that the exporter reads, as the Windows 10 SDK lays them out on x64 and arm64.
 *
 * mingw-w64's own ras.h stops at the layouts of Windows XP, so they are declared here. Everything in ras.h is packed to 4
 * bytes: HRASCONN stands at offset 4, not 8. Every offset and size is asserted below, so that a slip does not compile.
 */
#ifndef DOUBLE_RAS_H
#define DOUBLE_RAS_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t DWORD;
typedef uint16_t WIDE; /* WCHAR; wchar_t has 4 bytes on Linux */
typedef uint64_t HANDLE64; /* HRASCONN */

#define ERROR_INVALID_HANDLE 6
#define ERROR_INVALID_PARAMETER 87
#define ERROR_INSUFFICIENT_BUFFER 122
#define ERROR_BUFFER_TOO_SMALL 603
#define ERROR_CANNOT_FIND_PHONEBOOK_ENTRY 623
#define ERROR_INVALID_SIZE 632

#define RASCS_Connected 0x2000

#pragma pack(push, 4)

typedef struct {
  DWORD dwSize;
  HANDLE64 hrasconn;
  WIDE szEntryName[257];
  WIDE szDeviceType[17];
  WIDE szDeviceName[129];
  WIDE szPhonebook[260];
  DWORD dwSubEntry;
  uint8_t guidEntry[16];
  DWORD dwFlags;
  DWORD luid[2];
  uint8_t guidCorrelationId[16];
} RASCONNW;

typedef struct {
  DWORD dwType;
  uint8_t address[16]; /* ipv4 takes the first four bytes */
} RASTUNNELENDPOINT;

typedef struct {
  DWORD dwSize;
  DWORD rasconnstate;
  DWORD dwError;
  WIDE szDeviceType[17];
  WIDE szDeviceName[129];
  WIDE szPhoneNumber[129];
  RASTUNNELENDPOINT localEndPoint;
  RASTUNNELENDPOINT remoteEndPoint;
  DWORD rasconnsubstate;
} RASCONNSTATUSW;

typedef struct {
  DWORD dwSize;
  WIDE szEntryName[257];
  DWORD dwFlags;
  WIDE szPhonebookPath[261];
} RASENTRYNAMEW;

typedef struct {
  DWORD dwSize;
  DWORD dwfOptions;
  DWORD dwCountryID;
  DWORD dwCountryCode;
  WIDE szAreaCode[11];
  WIDE szLocalPhoneNumber[129];
  DWORD dwAlternateOffset;
  uint8_t ipaddr[4];
  uint8_t ipaddrDns[4];
  uint8_t ipaddrDnsAlt[4];
  uint8_t ipaddrWins[4];
  uint8_t ipaddrWinsAlt[4];
  DWORD dwFrameSize;
  DWORD dwfNetProtocols;
  DWORD dwFramingProtocol;
  WIDE szScript[260];
  WIDE szAutodialDll[260];
  WIDE szAutodialFunc[260];
  WIDE szDeviceType[17];
  WIDE szDeviceName[129];
  WIDE szX25PadType[33];
  WIDE szX25Address[201];
  WIDE szX25Facilities[201];
  WIDE szX25UserData[201];
  DWORD dwChannels;
  DWORD dwReserved1;
  DWORD dwReserved2;
  DWORD dwSubEntries;
  DWORD dwDialMode;
  DWORD dwDialExtraPercent;
  DWORD dwDialExtraSampleSeconds;
  DWORD dwHangUpExtraPercent;
  DWORD dwHangUpExtraSampleSeconds;
  DWORD dwIdleDisconnectSeconds;
  DWORD dwType;
  DWORD dwEncryptionType;
  DWORD dwCustomAuthKey;
  uint8_t guidId[16];
  WIDE szCustomDialDll[260];
  DWORD dwVpnStrategy;
  DWORD dwfOptions2;
  DWORD dwfOptions3;
  WIDE szDnsSuffix[256];
  DWORD dwTcpWindowSize;
  WIDE szPrerequisitePbk[260];
  WIDE szPrerequisiteEntry[257];
  DWORD dwRedialCount;
  DWORD dwRedialPause;
  uint8_t ipv6addrDns[16];
  uint8_t ipv6addrDnsAlt[16];
  DWORD dwIPv4InterfaceMetric;
  DWORD dwIPv6InterfaceMetric;
  uint8_t ipv6addr[16];
  DWORD dwIPv6PrefixLength;
  DWORD dwNetworkOutageTime;
  WIDE szIDi[257];
  WIDE szIDr[257];
  DWORD fIsImsConfig;
  DWORD IdiType;
  DWORD IdrType;
  DWORD fDisableIKEv2Fragmentation;
} RASENTRYW;

#pragma pack(pop)

#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " has another size")
#define FIELD(type, field, offset, size) \
  _Static_assert(offsetof(type, field) == (offset), #type "." #field " stands elsewhere"); \
  _Static_assert(sizeof(((type *)0)->field) == (size), #type "." #field " has another size")

SIZE(RASCONNW, 1388);
FIELD(RASCONNW, dwSize, 0, 4);
FIELD(RASCONNW, hrasconn, 4, 8);
FIELD(RASCONNW, szEntryName, 12, 514);
FIELD(RASCONNW, szDeviceType, 526, 34);
FIELD(RASCONNW, szDeviceName, 560, 258);
FIELD(RASCONNW, szPhonebook, 818, 520);
FIELD(RASCONNW, dwSubEntry, 1340, 4);
FIELD(RASCONNW, guidEntry, 1344, 16);
FIELD(RASCONNW, dwFlags, 1360, 4);
FIELD(RASCONNW, luid, 1364, 8);
FIELD(RASCONNW, guidCorrelationId, 1372, 16);

SIZE(RASTUNNELENDPOINT, 20);
FIELD(RASTUNNELENDPOINT, dwType, 0, 4);
FIELD(RASTUNNELENDPOINT, address, 4, 16);

SIZE(RASCONNSTATUSW, 608);
FIELD(RASCONNSTATUSW, dwSize, 0, 4);
FIELD(RASCONNSTATUSW, rasconnstate, 4, 4);
FIELD(RASCONNSTATUSW, dwError, 8, 4);
FIELD(RASCONNSTATUSW, szDeviceType, 12, 34);
FIELD(RASCONNSTATUSW, szDeviceName, 46, 258);
FIELD(RASCONNSTATUSW, szPhoneNumber, 304, 258);
FIELD(RASCONNSTATUSW, localEndPoint, 564, 20);
FIELD(RASCONNSTATUSW, remoteEndPoint, 584, 20);
FIELD(RASCONNSTATUSW, rasconnsubstate, 604, 4);

SIZE(RASENTRYNAMEW, 1048);
FIELD(RASENTRYNAMEW, dwSize, 0, 4);
FIELD(RASENTRYNAMEW, szEntryName, 4, 514);
FIELD(RASENTRYNAMEW, dwFlags, 520, 4);
FIELD(RASENTRYNAMEW, szPhonebookPath, 524, 522);

SIZE(RASENTRYW, 6724);
FIELD(RASENTRYW, dwSize, 0, 4);
FIELD(RASENTRYW, dwfOptions, 4, 4);
FIELD(RASENTRYW, dwCountryID, 8, 4);
FIELD(RASENTRYW, dwCountryCode, 12, 4);
FIELD(RASENTRYW, szAreaCode, 16, 22);
FIELD(RASENTRYW, szLocalPhoneNumber, 38, 258);
FIELD(RASENTRYW, dwAlternateOffset, 296, 4);
FIELD(RASENTRYW, ipaddr, 300, 4);
FIELD(RASENTRYW, ipaddrDns, 304, 4);
FIELD(RASENTRYW, ipaddrDnsAlt, 308, 4);
FIELD(RASENTRYW, ipaddrWins, 312, 4);
FIELD(RASENTRYW, ipaddrWinsAlt, 316, 4);
FIELD(RASENTRYW, dwFrameSize, 320, 4);
FIELD(RASENTRYW, dwfNetProtocols, 324, 4);
FIELD(RASENTRYW, dwFramingProtocol, 328, 4);
FIELD(RASENTRYW, szScript, 332, 520);
FIELD(RASENTRYW, szAutodialDll, 852, 520);
FIELD(RASENTRYW, szAutodialFunc, 1372, 520);
FIELD(RASENTRYW, szDeviceType, 1892, 34);
FIELD(RASENTRYW, szDeviceName, 1926, 258);
FIELD(RASENTRYW, szX25PadType, 2184, 66);
FIELD(RASENTRYW, szX25Address, 2250, 402);
FIELD(RASENTRYW, szX25Facilities, 2652, 402);
FIELD(RASENTRYW, szX25UserData, 3054, 402);
FIELD(RASENTRYW, dwChannels, 3456, 4);
FIELD(RASENTRYW, dwReserved1, 3460, 4);
FIELD(RASENTRYW, dwReserved2, 3464, 4);
FIELD(RASENTRYW, dwSubEntries, 3468, 4);
FIELD(RASENTRYW, dwDialMode, 3472, 4);
FIELD(RASENTRYW, dwDialExtraPercent, 3476, 4);
FIELD(RASENTRYW, dwDialExtraSampleSeconds, 3480, 4);
FIELD(RASENTRYW, dwHangUpExtraPercent, 3484, 4);
FIELD(RASENTRYW, dwHangUpExtraSampleSeconds, 3488, 4);
FIELD(RASENTRYW, dwIdleDisconnectSeconds, 3492, 4);
FIELD(RASENTRYW, dwType, 3496, 4);
FIELD(RASENTRYW, dwEncryptionType, 3500, 4);
FIELD(RASENTRYW, dwCustomAuthKey, 3504, 4);
FIELD(RASENTRYW, guidId, 3508, 16);
FIELD(RASENTRYW, szCustomDialDll, 3524, 520);
FIELD(RASENTRYW, dwVpnStrategy, 4044, 4);
FIELD(RASENTRYW, dwfOptions2, 4048, 4);
FIELD(RASENTRYW, dwfOptions3, 4052, 4);
FIELD(RASENTRYW, szDnsSuffix, 4056, 512);
FIELD(RASENTRYW, dwTcpWindowSize, 4568, 4);
FIELD(RASENTRYW, szPrerequisitePbk, 4572, 520);
FIELD(RASENTRYW, szPrerequisiteEntry, 5092, 514);
FIELD(RASENTRYW, dwRedialCount, 5608, 4);
FIELD(RASENTRYW, dwRedialPause, 5612, 4);
FIELD(RASENTRYW, ipv6addrDns, 5616, 16);
FIELD(RASENTRYW, ipv6addrDnsAlt, 5632, 16);
FIELD(RASENTRYW, dwIPv4InterfaceMetric, 5648, 4);
FIELD(RASENTRYW, dwIPv6InterfaceMetric, 5652, 4);
FIELD(RASENTRYW, ipv6addr, 5656, 16);
FIELD(RASENTRYW, dwIPv6PrefixLength, 5672, 4);
FIELD(RASENTRYW, dwNetworkOutageTime, 5676, 4);
FIELD(RASENTRYW, szIDi, 5680, 514);
FIELD(RASENTRYW, szIDr, 6194, 514);
FIELD(RASENTRYW, fIsImsConfig, 6708, 4);
FIELD(RASENTRYW, IdiType, 6712, 4);
FIELD(RASENTRYW, IdrType, 6716, 4);
FIELD(RASENTRYW, fDisableIKEv2Fragmentation, 6720, 4);

#undef SIZE
#undef FIELD

#endif
