/** What the double says of connections that are up, and of devices. */
import { type Directive, directive, hex } from './double.ts';

/** The answer of RasGetConnectionStatistics; a connection without one has counted nothing. */
export function statistics(values: {
  readonly handle: bigint;
  readonly bytesTransmitted?: number;
  readonly bytesReceived?: number;
  readonly framesTransmitted?: number;
  readonly framesReceived?: number;
  readonly crcErrors?: number;
  readonly timeoutErrors?: number;
  readonly alignmentErrors?: number;
  readonly hardwareOverrunErrors?: number;
  readonly framingErrors?: number;
  readonly bufferOverrunErrors?: number;
  readonly compressionIn?: number;
  readonly compressionOut?: number;
  readonly bitsPerSecond?: number;
  readonly connectDuration?: number;
  readonly returns?: number;
}): Directive {
  return directive('stats', {
    handle: values.handle,
    xmited: values.bytesTransmitted,
    rcved: values.bytesReceived,
    framesx: values.framesTransmitted,
    framesr: values.framesReceived,
    crc: values.crcErrors,
    timeout: values.timeoutErrors,
    alignment: values.alignmentErrors,
    hardware: values.hardwareOverrunErrors,
    framing: values.framingErrors,
    buffer: values.bufferOverrunErrors,
    in: values.compressionIn,
    out: values.compressionOut,
    bps: values.bitsPerSecond,
    duration: values.connectDuration,
    ret: values.returns,
  });
}

interface Projection {
  readonly handle: bigint;
  readonly ipv4Error?: number;
  /** Four bytes in hex. */
  readonly ipv4Address?: string;
  readonly ipv4ServerAddress?: string;
  readonly ipv6Error?: number;
  /** Sixteen bytes in hex; of PPP the eight of an interface identifier. */
  readonly ipv6Address?: string;
  readonly ipv6ServerAddress?: string;
  readonly authenticationProtocol?: number;
  readonly eapType?: number;
  readonly returns?: number;
}

function projection(type: number, values: Projection, own: Readonly<Record<string, number | undefined>>): Directive {
  return directive('projection', {
    handle: values.handle,
    type,
    v4error: values.ipv4Error,
    v4: values.ipv4Address,
    v4server: values.ipv4ServerAddress,
    v6error: values.ipv6Error,
    v6: values.ipv6Address,
    v6server: values.ipv6ServerAddress,
    auth: values.authenticationProtocol,
    eap: values.eapType,
    ret: values.returns,
    ...own,
  });
}

/** The answer of RasGetProjectionInfoEx for a tunnel that speaks IKEv2. */
export function ikev2Projection(
  values: Projection & {
    readonly flags?: number;
    readonly encryptionMethod?: number;
    /** So many addresses of the server stand behind the structure. */
    readonly serverAddresses?: number;
    /** Another type than IKEv2. */
    readonly type?: number;
  },
): Directive {
  const { flags, encryptionMethod: cipher, serverAddresses: servers } = values;
  return projection(values.type ?? 2, values, { flags, cipher, servers });
}

/** The answer of RasGetProjectionInfoEx for a connection that speaks PPP: SSTP, L2TP, PPTP, PPPoE, modems. */
export function pppProjection(
  values: Projection & {
    readonly authenticationData?: number;
    readonly lcpOptions?: number;
    readonly ccpError?: number;
    readonly ccpOptions?: number;
  },
): Directive {
  const { authenticationData: authdata, lcpOptions: lcp, ccpError: ccperror, ccpOptions: ccp } = values;
  return projection(1, values, { authdata, lcp, ccperror, ccp });
}

/** An element of RasEnumDevicesW. */
export function device(values: { readonly deviceType: string; readonly deviceName: string }): Directive {
  return directive('device', { type: hex(values.deviceType), name: hex(values.deviceName) });
}
