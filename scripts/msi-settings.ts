/**
 * What an administrator may say to the MSI, as rows of its tables: each setting is a property, which is remembered in the
 * registry, so that an upgrade or a repair that does not name it keeps it.
 */

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
  { property: 'REMOTE_ADDR' },
  { property: 'SERVICE_ACCOUNT' },
] as const;

/** A product that stands somewhere stays there: only the other settings are forgotten. */
const FORGET = 'FORGET';
const KEY = 'SOFTWARE\\ras_exporter';
const SEQUENCE = 'INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES';
const ACTION = 'INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES';

/** Custom actions: an error message that ends the installation, and a property that gets a value. */
const ERROR = 19;
const SET_PROPERTY = 51;

/** RegLocator: HKEY_LOCAL_MACHINE; the raw value, of the 64-bit registry. */
const LOCAL_MACHINE = 2;
const RAW_64 = 18;

/** Between LaunchConditions (100) and the first action that asks for folders (800). */
const FIRST_SEQUENCE = 110;

/** Statements of msibuild's SQL. */
export function settingsSql(): string[] {
  const properties = SETTINGS.map(({ property }) => property);
  const given = [...properties, FORGET];
  const secure = [...given, 'WIX_DOWNGRADE_DETECTED', 'WIX_UPGRADE_DETECTED'].join(';');
  return [
    `UPDATE \`Property\` SET \`Value\` = '${secure}' WHERE \`Property\` = 'SecureCustomProperties'`,
    ...SETTINGS.filter((setting) => !('free' in setting)).map(({ property }) =>
      refused(`${property} >< QuotationMark`, `${property} must hold no quotation mark.`),
    ),
    // It would take the quotation mark that follows for its own.
    ...SETTINGS.filter((setting) => 'quoted' in setting).map(({ property }) =>
      refused(`${property} >> "\\"`, `${property} must not end with a backslash; it is "[${property}]".`),
    ),
    ...requireAdministrator(given),
    ...properties.flatMap((property, index) => remember(property, FIRST_SEQUENCE + 1 + index)),
  ];
}

function refused(condition: string, message: string): string {
  return `INSERT INTO \`LaunchCondition\` (\`Condition\`, \`Description\`) VALUES ('NOT (${condition})', '${message}')`;
}

/**
 * Any user may repair what is installed, and Windows Installer then acts as the system: only an administrator may say how the
 * service runs. Not a launch condition: those may be read where nobody is an administrator yet.
 */
function requireAdministrator(given: readonly string[]): string[] {
  const message =
    'Only an administrator can set properties: use a prompt that was started with "Run as administrator".';
  const condition = `NOT AdminUser AND (${given.join(' OR ')})`;
  return [
    `INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Target\`) VALUES ('RequireAdministrator', ${ERROR}, '${message}')`,
    `${SEQUENCE} ('RequireAdministrator', '${condition}', ${FIRST_SEQUENCE})`,
  ];
}

/** Looks a setting up, takes what is found unless another value is given, and writes it down. */
function remember(property: string, sequence: number): string[] {
  const search = `INSERT INTO \`AppSearch\` (\`Property\`, \`Signature_\`) VALUES ('REMEMBERED_${property}', '${property}')`;
  const kept = `NOT ${property} AND REMEMBERED_${property}${property === 'APPLICATIONFOLDER' ? '' : ` AND NOT ${FORGET}`}`;
  return [
    search,
    'INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) ' +
      `VALUES ('${property}', ${LOCAL_MACHINE}, '${KEY}', '${property}', ${RAW_64})`,
    `${ACTION} ('Remember_${property}', ${SET_PROPERTY}, '${property}', '[REMEMBERED_${property}]')`,
    `${SEQUENCE} ('Remember_${property}', '${kept}', ${sequence})`,
    'INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) ' +
      `VALUES ('${property}', ${LOCAL_MACHINE}, '${KEY}', '${property}', '[${property}]', 'Settings')`,
  ];
}
