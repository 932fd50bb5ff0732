/** A machine with one connection of each kind, as the double plays it. */
import { connection, type Directive, entry, properties, status } from './double.ts';
import { device, ikev2Projection, pppProjection, statistics } from './double-connected.ts';

export const ALL_USERS_PBK = 'C:\\ProgramData\\Microsoft\\Network\\Connections\\Pbk\\rasphone.pbk';
export const ALICE_PBK = 'C:\\Users\\alice\\AppData\\Roaming\\Microsoft\\Network\\Connections\\Pbk\\rasphone.pbk';

/** RASENTRYW.dwfOptions2. */
const IS_ALWAYS_ON = 0x2000_0000;
/** RASCF_AllUsers, RASCF_OwnerKnown, RASCF_OwnerMatch. */
const [ALL_USERS, OWNER_KNOWN, OWNER_MATCH] = [1, 4, 8];

const IDS = { office: '11111111-2222-3333-4444-555555555555', attempt: '0a0b0c0d-0e0f-0001-0203-040506070809' };

/** Connected, dormant, failed, always on and being dialled, another user's, and one that is in the phone book only. */
export const mixedMachine: readonly Directive[] = [
  connection({
    handle: 0x1_0000_0001n,
    entry: 'Büro 東京',
    deviceType: 'vpn',
    deviceName: 'WAN Miniport (IKEv2)',
    phonebookPath: ALL_USERS_PBK,
    entryId: IDS.office,
    flags: ALL_USERS | OWNER_KNOWN | OWNER_MATCH,
    correlationId: IDS.attempt,
  }),
  status({
    handle: 0x1_0000_0001n,
    deviceType: 'vpn',
    deviceName: 'WAN Miniport (IKEv2)',
    phoneNumber: 'vpn.example.com',
  }),
  connection({ handle: 2n, entry: 'Dormant', phonebookPath: ALL_USERS_PBK, flags: ALL_USERS }),
  status({ handle: 2n, substate: 1 }),
  connection({ handle: 3n, entry: 'Branch', phonebookPath: ALL_USERS_PBK, flags: ALL_USERS }),
  status({ handle: 3n, state: 0x2001, error: 809 }),
  connection({ handle: 4n, entry: 'Always On', phonebookPath: ALL_USERS_PBK, flags: ALL_USERS }),
  status({ handle: 4n, state: 5 }),
  connection({
    handle: 5n,
    entry: 'Of Alice',
    deviceType: 'VPN',
    deviceName: 'WAN Miniport (SSTP)',
    phonebookPath: ALICE_PBK,
    flags: OWNER_KNOWN,
  }),
  status({ handle: 5n, phoneNumber: 'sstp.example.com', deviceType: 'VPN', deviceName: 'WAN Miniport (SSTP)' }),
  ...['Büro 東京', 'Dormant', 'Branch', 'Always On', 'Idle'].map((name) =>
    entry({ entry: name, phonebookPath: ALL_USERS_PBK, allUsers: true }),
  ),
  properties({ entry: 'Always On', options2: IS_ALWAYS_ON }),
  properties({
    entry: 'Idle',
    server: 'idle.example.com',
    deviceType: 'vpn',
    deviceName: 'WAN Miniport (L2TP)',
    extraBytes: 4000,
  }),
  statistics({
    handle: 0x1_0000_0001n,
    bytesReceived: 4_000_000_000,
    bytesTransmitted: 300,
    framesReceived: 4_000_000,
    framesTransmitted: 3,
    bitsPerSecond: 100_000_000,
    connectDuration: 3_600_000,
  }),
  ikev2Projection({
    handle: 0x1_0000_0001n,
    ipv4Address: '0a000002',
    ipv4ServerAddress: '0a000001',
    ipv6Error: 731,
    authenticationProtocol: 2,
    eapType: 26,
    flags: 3,
    encryptionMethod: 5,
    serverAddresses: 200,
  }),
  pppProjection({ handle: 5n, ipv4Address: '0a000102', authenticationProtocol: 0xc223, authenticationData: 0x81 }),
  device({ deviceType: 'vpn', deviceName: 'WAN Miniport (IKEv2)' }),
];
