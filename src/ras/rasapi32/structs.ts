/**
 * The structures of ras.h (Windows 10 SDK) that the exporter reads, for a given pointer size.
 *
 * https://learn.microsoft.com/windows/win32/api/ras/ and, for RASCONN and RASCONNSTATUS,
 * https://learn.microsoft.com/previous-versions/windows/desktop/legacy/aa376725(v=vs.85)
 */
import { bytes, DWORD, GUID, IPV4, IPV6, LUID, layout, wchar } from '../dll/layout.ts';

type PointerSize = 4 | 8;

/** The pointer size of this process. */
export function pointerSize(): PointerSize {
  return process.arch === 'ia32' || process.arch === 'arm' ? 4 : 8;
}

const HANDLE = (pointer: PointerSize) => ({ size: pointer, align: pointer });

/** RASCONNW. */
export const rasConnW = (pointer: PointerSize) =>
  layout(
    'RASCONNW',
    {
      dwSize: DWORD,
      hrasconn: HANDLE(pointer),
      szEntryName: wchar(257),
      szDeviceType: wchar(17),
      szDeviceName: wchar(129),
      szPhonebook: wchar(260),
      dwSubEntry: DWORD,
      guidEntry: GUID,
      dwFlags: DWORD,
      luid: LUID,
      guidCorrelationId: GUID,
    },
    // Windows XP, 2000, NT 4 with option pack, NT 4: the pointer is the only difference between 32 and 64 bits.
    [1364, 1352, 1336, 812].map((size) => size + pointer),
  );

/** RASTUNNELENDPOINT; its address is a union of RASIPV4ADDR and RASIPV6ADDR. */
export const RASTUNNELENDPOINT = layout('RASTUNNELENDPOINT', { dwType: DWORD, ipv6: IPV6 });

const ENDPOINT = { size: RASTUNNELENDPOINT.size, align: 4 };

/** RASCONNSTATUSW. */
export const RASCONNSTATUSW = layout(
  'RASCONNSTATUSW',
  {
    dwSize: DWORD,
    rasconnstate: DWORD,
    dwError: DWORD,
    szDeviceType: wchar(17),
    szDeviceName: wchar(129),
    szPhoneNumber: wchar(129),
    localEndPoint: ENDPOINT,
    remoteEndPoint: ENDPOINT,
    rasconnsubstate: DWORD,
  },
  [564, 304],
);

/** RASENTRYNAMEW. */
export const RASENTRYNAMEW = layout(
  'RASENTRYNAMEW',
  { dwSize: DWORD, szEntryName: wchar(257), dwFlags: DWORD, szPhonebookPath: wchar(261) },
  [520],
);

/** RASENTRYW. */
export const RASENTRYW = layout(
  'RASENTRYW',
  {
    dwSize: DWORD,
    dwfOptions: DWORD,
    dwCountryID: DWORD,
    dwCountryCode: DWORD,
    szAreaCode: wchar(11),
    szLocalPhoneNumber: wchar(129),
    dwAlternateOffset: DWORD,
    ipaddr: IPV4,
    ipaddrDns: IPV4,
    ipaddrDnsAlt: IPV4,
    ipaddrWins: IPV4,
    ipaddrWinsAlt: IPV4,
    dwFrameSize: DWORD,
    dwfNetProtocols: DWORD,
    dwFramingProtocol: DWORD,
    szScript: wchar(260),
    szAutodialDll: wchar(260),
    szAutodialFunc: wchar(260),
    szDeviceType: wchar(17),
    szDeviceName: wchar(129),
    szX25PadType: wchar(33),
    szX25Address: wchar(201),
    szX25Facilities: wchar(201),
    szX25UserData: wchar(201),
    dwChannels: DWORD,
    dwReserved1: DWORD,
    dwReserved2: DWORD,
    dwSubEntries: DWORD,
    dwDialMode: DWORD,
    dwDialExtraPercent: DWORD,
    dwDialExtraSampleSeconds: DWORD,
    dwHangUpExtraPercent: DWORD,
    dwHangUpExtraSampleSeconds: DWORD,
    dwIdleDisconnectSeconds: DWORD,
    dwType: DWORD,
    dwEncryptionType: DWORD,
    dwCustomAuthKey: DWORD,
    guidId: GUID,
    szCustomDialDll: wchar(260),
    dwVpnStrategy: DWORD,
    dwfOptions2: DWORD,
    dwfOptions3: DWORD,
    szDnsSuffix: wchar(256),
    dwTcpWindowSize: DWORD,
    szPrerequisitePbk: wchar(260),
    szPrerequisiteEntry: wchar(257),
    dwRedialCount: DWORD,
    dwRedialPause: DWORD,
    ipv6addrDns: IPV6,
    ipv6addrDnsAlt: IPV6,
    dwIPv4InterfaceMetric: DWORD,
    dwIPv6InterfaceMetric: DWORD,
    ipv6addr: IPV6,
    dwIPv6PrefixLength: DWORD,
    dwNetworkOutageTime: DWORD,
    szIDi: wchar(257),
    szIDr: wchar(257),
    fIsImsConfig: DWORD,
    IdiType: DWORD,
    IdrType: DWORD,
    fDisableIKEv2Fragmentation: DWORD,
  },
  [5680, 5616],
);

/** RASDEVINFOW. */
export const RASDEVINFOW = layout('RASDEVINFOW', {
  dwSize: DWORD,
  szDeviceType: wchar(17),
  szDeviceName: wchar(129),
});

/** RAS_STATS. */
export const RAS_STATS = layout('RAS_STATS', {
  dwSize: DWORD,
  dwBytesXmited: DWORD,
  dwBytesRcved: DWORD,
  dwFramesXmited: DWORD,
  dwFramesRcved: DWORD,
  dwCrcErr: DWORD,
  dwTimeoutErr: DWORD,
  dwAlignmentErr: DWORD,
  dwHardwareOverrunErr: DWORD,
  dwFramingErr: DWORD,
  dwBufferOverrunErr: DWORD,
  dwCompressionRatioIn: DWORD,
  dwCompressionRatioOut: DWORD,
  dwBps: DWORD,
  dwConnectDuration: DWORD,
});

/** RASPPP_PROJECTION_INFO. */
export const RASPPP_PROJECTION_INFO = layout('RASPPP_PROJECTION_INFO', {
  dwIPv4NegotiationError: DWORD,
  ipv4Address: IPV4,
  ipv4ServerAddress: IPV4,
  dwIPv4Options: DWORD,
  dwIPv4ServerOptions: DWORD,
  dwIPv6NegotiationError: DWORD,
  bInterfaceIdentifier: bytes(8),
  bServerInterfaceIdentifier: bytes(8),
  fBundled: DWORD,
  fMultilink: DWORD,
  dwAuthenticationProtocol: DWORD,
  dwAuthenticationData: DWORD,
  dwServerAuthenticationProtocol: DWORD,
  dwServerAuthenticationData: DWORD,
  dwEapTypeId: DWORD,
  dwServerEapTypeId: DWORD,
  dwLcpOptions: DWORD,
  dwLcpServerOptions: DWORD,
  dwCcpError: DWORD,
  dwCcpCompressionAlgorithm: DWORD,
  dwCcpServerCompressionAlgorithm: DWORD,
  dwCcpOptions: DWORD,
  dwCcpServerOptions: DWORD,
});

/** RASIKEV2_PROJECTION_INFO. */
export const rasIkev2ProjectionInfo = (pointer: PointerSize) =>
  layout('RASIKEV2_PROJECTION_INFO', {
    dwIPv4NegotiationError: DWORD,
    ipv4Address: IPV4,
    ipv4ServerAddress: IPV4,
    dwIPv6NegotiationError: DWORD,
    ipv6Address: IPV6,
    ipv6ServerAddress: IPV6,
    dwPrefixLength: DWORD,
    dwAuthenticationProtocol: DWORD,
    dwEapTypeId: DWORD,
    dwFlags: DWORD,
    dwEncryptionMethod: DWORD,
    numIPv4ServerAddresses: DWORD,
    ipv4ServerAddresses: HANDLE(pointer),
    numIPv6ServerAddresses: DWORD,
    ipv6ServerAddresses: HANDLE(pointer),
  });

/** RAS_PROJECTION_INFO; `projection` is a union, which RASPPP_PROJECTION_INFO is the larger part of. */
export const RAS_PROJECTION_INFO = layout('RAS_PROJECTION_INFO', {
  version: DWORD,
  type: DWORD,
  projection: { size: RASPPP_PROJECTION_INFO.size, align: 4 },
});
