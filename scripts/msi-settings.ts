/**
 * What an administrator may say to the MSI, as rows of its tables: each setting is a property, which is remembered in the
 * registry, so that an upgrade or a repair that does not name it keeps it.
 */
import { ENVIRONMENT } from '../src/service/manage/registry.ts';
import { SERVICE_NAME } from '../src/service/name.ts';

/** The properties. `quoted` ends in quotation marks in the command line of the service. */
const SETTINGS = [
  { property: 'APPLICATIONFOLDER' },
  { property: 'CONFIG_FILE', quoted: true },
  { property: 'ENABLED_COLLECTORS', quoted: true },
  { property: 'EXTRA_FLAGS', free: true },
  { property: 'LISTEN_ADDR' },
  { property: 'LISTEN_PORT' },
  { property: 'METRICS_PATH', quoted: true },
  { property: 'OTLP_ENDPOINT', quoted: true },
  { property: 'REMOTE_ADDR', quoted: true },
  { property: 'SERVICE_ACCOUNT' },
] as const;

/** A product that stands somewhere stays there: only the other settings are forgotten. */
const FOLDER = 'APPLICATIONFOLDER';
const FORGET = 'FORGET';
const KEY = 'SOFTWARE\\ras_exporter';
const SERVICE_KEY = `SYSTEM\\CurrentControlSet\\Services\\${SERVICE_NAME}`;
const SEQUENCE = 'INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES';
const ACTION = 'INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES';
const REGISTRY = 'INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES';

/** Custom actions: an error message that ends the installation, and a property that gets a value. */
const ERROR = 19;
const SET_PROPERTY = 51;

/** RegLocator: HKEY_LOCAL_MACHINE; the raw value, of the 64-bit registry. */
const LOCAL_MACHINE = 2;
const RAW_64 = 18;

/** Before AppSearch (50); then between LaunchConditions (100) and the first action that asks for folders (800). */
const CLEAR_SEQUENCE = 30;
const CHANGED_SEQUENCE = 101;
const REFUSE_SEQUENCE = 115;
const REMEMBER_SEQUENCE = 120;

const UNINSTALLED = '(REMOVE ~= "ALL")';

/** Statements of msibuild's SQL. */
export function settingsSql(): string[] {
  const properties = SETTINGS.map(({ property }) => property);
  const secure = [...properties, FORGET, 'WIX_DOWNGRADE_DETECTED', 'WIX_UPGRADE_DETECTED'].join(';');
  const searched = [...properties.map(remembered), 'REMEMBERED_FIREWALL', 'DEFAULT_CONFIG', 'WINDOWS_MAJOR'];
  return [
    `UPDATE \`Property\` SET \`Value\` = '${secure}' WHERE \`Property\` = 'SecureCustomProperties'`,
    ...SETTINGS.filter((setting) => !('free' in setting)).map(({ property }) =>
      refused(`${property} >< QuotationMark`, `${property} must hold no quotation mark.`),
    ),
    // It would take the quotation mark that follows for its own.
    ...SETTINGS.filter((setting) => 'quoted' in setting).map(({ property }) =>
      refused(`${property} >> "\\"`, `${property} must not end with a backslash; it is "[${property}]".`),
    ),
    ...searched.flatMap((property, index) => clear(property, CLEAR_SEQUENCE + index)),
    ...[...properties, FORGET].flatMap((property, index) => changed(property, CHANGED_SEQUENCE + 1 + index)),
    ...REFUSALS.flatMap(([action, condition, message], index) => [
      `INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Target\`) VALUES ('${action}', ${ERROR}, '${message}')`,
      `${SEQUENCE} ('${action}', '${condition} AND NOT ${UNINSTALLED}', ${REFUSE_SEQUENCE + index})`,
    ]),
    ...properties.flatMap((property, index) => remember(property, REMEMBER_SEQUENCE + index)),
    `${REGISTRY} ('Environment', ${LOCAL_MACHINE}, '${SERVICE_KEY}', 'Environment', '${ENVIRONMENT.join('[~]')}', 'Settings')`,
  ];
}

/**
 * What is refused when settings are given that are others than those of the last installation: a transform gives its own again and
 * again. Not as launch conditions: those may be read where nobody is an administrator yet.
 */
const REFUSALS = [
  [
    'RefuseMove',
    `${remembered(FOLDER)} AND ChangedSettings >< "${FOLDER}"`,
    `ras_exporter is installed in [${remembered(FOLDER)}]: uninstall it before you install it elsewhere.`,
  ],
  // Any user may repair what is installed, and Windows Installer then acts as the system.
  [
    'RequireAdministrator',
    'NOT AdminUser AND ChangedSettings',
    'Only an administrator can set properties: use a prompt that was started with "Run as administrator". Given:[ChangedSettings].',
  ],
  // Windows would do nothing, or write half of it, and say that it was done.
  [
    'RequireReinstall',
    'Installed AND ChangedSettings AND NOT (REINSTALL ~= "ALL" AND REINSTALLMODE ~>< "m")',
    'Settings of an installed ras_exporter are changed with REINSTALL=ALL in the same command. Given:[ChangedSettings].',
  ],
  [
    'RefuseRemoveByName',
    'REMOVE ~>< "RasExporter"',
    'ras_exporter is uninstalled by msiexec /x, or with REMOVE=ALL; without the firewall exception alone it is with REMOVE=FirewallException.',
  ],
] as const;

function remembered(property: string): string {
  return `REMEMBERED_${property}`;
}

function refused(condition: string, message: string): string {
  return `INSERT INTO \`LaunchCondition\` (\`Condition\`, \`Description\`) VALUES ('NOT (${condition})', '${message}')`;
}

/** A search that finds nothing leaves what somebody wrote into the command line. */
function clear(property: string, sequence: number): string[] {
  return [
    `INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Source\`) VALUES ('Clear_${property}', ${SET_PROPERTY}, '${property}')`,
    `INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('Clear_${property}', ${sequence})`,
  ];
}

/** Adds its name to ChangedSettings when it is another than was remembered. A folder is remembered with a backslash at its end. */
function changed(property: string, sequence: number): string[] {
  const action = `${ACTION} ('Changed_${property}', ${SET_PROPERTY}, 'ChangedSettings', '[ChangedSettings] ${property}')`;
  const when = (condition: string) => `${SEQUENCE} ('Changed_${property}', '${condition}', ${sequence})`;
  if (property === FORGET) return [action, when(property)];
  const old = remembered(property);
  if (property !== FOLDER) return [action, when(`${property} AND ${property} <> ${old}`)];
  return [
    `${ACTION} ('SetGivenFolder', ${SET_PROPERTY}, 'GivenFolder', '[${property}]\\')`,
    `${SEQUENCE} ('SetGivenFolder', '${property}', ${CHANGED_SEQUENCE})`,
    action,
    when(`${property} AND NOT (${property} ~= ${old}) AND NOT (GivenFolder ~= ${old})`),
  ];
}

/** Looks a setting up, takes what is found unless another value is given, and writes it down. */
function remember(property: string, sequence: number): string[] {
  const search = `INSERT INTO \`AppSearch\` (\`Property\`, \`Signature_\`) VALUES ('${remembered(property)}', '${property}')`;
  const kept = `NOT ${property} AND ${remembered(property)}${property === FOLDER ? '' : ` AND NOT ${FORGET}`}`;
  return [
    search,
    'INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) ' +
      `VALUES ('${property}', ${LOCAL_MACHINE}, '${KEY}', '${property}', ${RAW_64})`,
    `${ACTION} ('Remember_${property}', ${SET_PROPERTY}, '${property}', '[${remembered(property)}]')`,
    `${SEQUENCE} ('Remember_${property}', '${kept}', ${sequence})`,
    `${REGISTRY} ('${property}', ${LOCAL_MACHINE}, '${KEY}', '${property}', '[${property}]', 'Settings')`,
  ];
}
