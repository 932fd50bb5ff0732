-- What wixl has no words for, or gets wrong: one statement a line. scripts/msi.ts applies them with msibuild.

-- Everything runs where the installation runs, with its rights. Costs counted before it in the user's session would hand over the default
-- folder and features as if somebody had asked for them.
DELETE FROM `InstallUISequence` WHERE `Action` = 'AppSearch'
DELETE FROM `InstallUISequence` WHERE `Action` = 'FindRelatedProducts'
DELETE FROM `InstallUISequence` WHERE `Action` = 'LaunchConditions'
DELETE FROM `InstallUISequence` WHERE `Action` = 'ValidateProductID'
DELETE FROM `InstallUISequence` WHERE `Action` = 'CostInitialize'
DELETE FROM `InstallUISequence` WHERE `Action` = 'FileCost'
DELETE FROM `InstallUISequence` WHERE `Action` = 'CostFinalize'
DELETE FROM `InstallUISequence` WHERE `Action` = 'MigrateFeatureStates'

-- What is refused before anything is changed. The values end in the command line of a service and of netsh.exe.
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('ALLUSERS = 1', 'ras_exporter is installed for all users of a computer: leave out ALLUSERS and MSIINSTALLPERUSER.')
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('Installed OR WINDOWS_MAJOR', 'ras_exporter needs Windows 10, Windows Server 2016, or later.')
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('NOT LISTEN_PORT OR (LISTEN_PORT >= 1 AND LISTEN_PORT <= 65535)', 'LISTEN_PORT must be a number from 1 to 65535; it is "[LISTEN_PORT]".')
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('NOT METRICS_PATH OR METRICS_PATH << "/"', 'METRICS_PATH must begin with a slash; it is "[METRICS_PATH]".')
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('NOT CONFIG_FILE OR CONFIG_FILE >< ":\" OR CONFIG_FILE >< ":/" OR CONFIG_FILE << "\\"', 'CONFIG_FILE must be a whole path, like D:\monitoring\ras.yml; it is "[CONFIG_FILE]".')
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('NOT APPLICATIONFOLDER OR APPLICATIONFOLDER >< ":\"', 'APPLICATIONFOLDER must be a whole path on a drive, like D:\ras_exporter; it is "[APPLICATIONFOLDER]".')
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('NOT (EXTRA_FLAGS ~>< "--config.file")', 'EXTRA_FLAGS must not hold --config.file: use the property CONFIG_FILE.')
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('NOT (REMOTE_ADDR >< " ")', 'REMOTE_ADDR must be addresses or networks with commas and no blanks, like 192.0.2.10,198.51.100.0/24; it is "[REMOTE_ADDR]".')
INSERT INTO `LaunchCondition` (`Condition`, `Description`) VALUES ('NOT SERVICE_ACCOUNT OR SERVICE_ACCOUNT ~= "LocalSystem" OR SERVICE_ACCOUNT ~= "LocalService" OR SERVICE_ACCOUNT ~= "NetworkService" OR SERVICE_ACCOUNT ~= "NT SERVICE\ras_exporter"', 'SERVICE_ACCOUNT must be LocalSystem, LocalService, NetworkService or NT SERVICE\ras_exporter; it is "[SERVICE_ACCOUNT]".')

-- Settings become flags. Braces: nothing, when the property has no value.
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetDefaultConfigFile', 51, 'ConfigFile', '[APPLICATIONFOLDER]config.yml')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetConfigFile', 51, 'ConfigFile', '[CONFIG_FILE]')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetListenPort', 51, 'ListenPort', '[LISTEN_PORT]')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetListenAddress', 51, 'ListenAddress', '[LISTEN_ADDR]:[ListenPort]')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetFlags', 51, 'Flags', '{ "--web.listen-address=[ListenAddress]"}{ "--web.telemetry-path=[METRICS_PATH]"}{ "--collectors.enabled=[ENABLED_COLLECTORS]"}{ "--otlp.endpoint=[OTLP_ENDPOINT]"}{ [EXTRA_FLAGS]}')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetServiceAccount', 51, 'ServiceAccount', '[SERVICE_ACCOUNT]')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetBuiltInAccount', 51, 'ServiceAccount', 'NT AUTHORITY\[SERVICE_ACCOUNT]')
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('SetDefaultConfigFile', 'NOT CONFIG_FILE', 1010)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('SetConfigFile', 'CONFIG_FILE', 1011)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('SetListenPort', 'LISTEN_PORT', 1012)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('SetListenAddress', 'LISTEN_ADDR OR LISTEN_PORT', 1013)
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('SetFlags', 1014)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('SetServiceAccount', 'SERVICE_ACCOUNT', 1015)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('SetBuiltInAccount', 'SERVICE_ACCOUNT ~= "LocalService" OR SERVICE_ACCOUNT ~= "NetworkService"', 1016)

-- What Programs and Features, and inventories, say of the place.
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetInstallLocation', 51, 'ARPINSTALLLOCATION', '[APPLICATIONFOLDER]')
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('SetInstallLocation', 1017)

-- The service. Its registry values are written when its key is there, and removed while it still is, or a rollback would not know them:
-- so what MsiServiceConfig tells the service control manager, which no rollback restores, stands among them once more.
-- Failure actions: restart after 60 s, thrice, then nothing, counted anew after a day; the table MsiServiceConfigFailureActions does not work as
-- expected, says Microsoft's documentation of MsiConfigureServices.
CREATE TABLE `MsiServiceConfig` (`MsiServiceConfig` CHAR(72) NOT NULL, `Name` CHAR(255) NOT NULL, `Event` INT NOT NULL, `ConfigType` LONG NOT NULL, `Argument` CHAR(0), `Component_` CHAR(72) NOT NULL PRIMARY KEY `MsiServiceConfig`)
INSERT INTO `MsiServiceConfig` (`MsiServiceConfig`, `Name`, `Event`, `ConfigType`, `Argument`, `Component_`) VALUES ('DelayedStart', 'ras_exporter', 5, 3, '1', 'Node')
INSERT INTO `MsiServiceConfig` (`MsiServiceConfig`, `Name`, `Event`, `ConfigType`, `Argument`, `Component_`) VALUES ('Privileges', 'ras_exporter', 5, 6, 'SeChangeNotifyPrivilege[~]SeImpersonatePrivilege', 'Node')
INSERT INTO `MsiServiceConfig` (`MsiServiceConfig`, `Name`, `Event`, `ConfigType`, `Argument`, `Component_`) VALUES ('SidType', 'ras_exporter', 5, 5, '1', 'Node')
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('MsiConfigureServices', 5850)
UPDATE `InstallExecuteSequence` SET `Sequence` = 5810 WHERE `Action` = 'WriteRegistryValues'
UPDATE `InstallExecuteSequence` SET `Sequence` = 1950 WHERE `Action` = 'RemoveRegistryValues'
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('FailureActions', 2, 'SYSTEM\CurrentControlSet\Services\ras_exporter', 'FailureActions', '#x80510100000000000000000004000000140000000100000060EA00000100000060EA00000100000060EA00000000000000000000', 'Settings')
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('DelayedAutostart', 2, 'SYSTEM\CurrentControlSet\Services\ras_exporter', 'DelayedAutostart', '#1', 'Settings')
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('RequiredPrivileges', 2, 'SYSTEM\CurrentControlSet\Services\ras_exporter', 'RequiredPrivileges', 'SeChangeNotifyPrivilege[~]SeImpersonatePrivilege', 'Settings')
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('ServiceSidType', 2, 'SYSTEM\CurrentControlSet\Services\ras_exporter', 'ServiceSidType', '#1', 'Settings')
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('EventMessageFile', 2, 'SYSTEM\CurrentControlSet\Services\EventLog\Application\ras_exporter', 'EventMessageFile', '#%%SystemRoot%\System32\EventCreate.exe', 'Settings')
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('TypesSupported', 2, 'SYSTEM\CurrentControlSet\Services\EventLog\Application\ras_exporter', 'TypesSupported', '#7', 'Settings')

-- config.yml is written where there is none, is no matter of an upgrade or a repair, and goes when the exporter goes. Windows Installer
-- does not write again what it keeps no account of.
UPDATE `Component` SET `Attributes` = 384 WHERE `Component` = 'ConfigFile'
INSERT INTO `Signature` (`Signature`, `FileName`) VALUES ('DefaultConfig', 'config.yml')
INSERT INTO `RegLocator` (`Signature_`, `Root`, `Key`, `Name`, `Type`) VALUES ('DefaultConfig', 2, 'SOFTWARE\ras_exporter', 'APPLICATIONFOLDER', 16)
INSERT INTO `AppSearch` (`Property`, `Signature_`) VALUES ('DEFAULT_CONFIG', 'DefaultConfig')
INSERT INTO `CustomAction` (`Action`, `Type`, `Target`) VALUES ('RequireConfigFile', 19, 'There is no [APPLICATIONFOLDER]config.yml, which the service reads: make one (an empty one will do), or give another with CONFIG_FILE.')
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('RequireConfigFile', 'Installed AND REINSTALL AND NOT CONFIG_FILE AND NOT DEFAULT_CONFIG AND NOT (REMOVE ~= "ALL")', 135)
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetFolderToClear', 51, 'FolderToClear', '[REMEMBERED_APPLICATIONFOLDER]')
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('SetFolderToClear', 'REMOVE ~= "ALL" AND NOT UPGRADINGPRODUCTCODE', 130)
INSERT INTO `RemoveFile` (`FileKey`, `Component_`, `FileName`, `DirProperty`, `InstallMode`) VALUES ('ConfigFile', 'Settings', 'config.yml', 'FolderToClear', 2)

-- What other programs may offer: not to leave out ras_exporter (16), nothing as a mere advertisement (8).
UPDATE `Feature` SET `Attributes` = 24 WHERE `Feature` = 'RasExporter'
UPDATE `Feature` SET `Attributes` = 8 WHERE `Feature` = 'FirewallException'

-- The firewall exception: a feature, on where it was on. It alone, or none but it, would have nothing else installed.
CREATE TABLE `Condition` (`Feature_` CHAR(38) NOT NULL, `Level` INT NOT NULL, `Condition` CHAR(255) PRIMARY KEY `Feature_`, `Level`)
INSERT INTO `Condition` (`Feature_`, `Level`, `Condition`) VALUES ('FirewallException', 1, 'REMEMBERED_FIREWALL')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('AddToFeatures', 51, 'ADDLOCAL', 'RasExporter,[ADDLOCAL]')
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('AddToFeatures', 'NOT Installed AND ADDLOCAL = "FirewallException"', 131)
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetFeatures', 51, 'ADDLOCAL', 'RasExporter')
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('SetFeatures', 'NOT Installed AND NOT ADDLOCAL AND REMOVE = "FirewallException"', 132)
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetNetsh', 51, 'Netsh', '[System64Folder]netsh.exe')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetDeleteRule', 51, 'DeleteRule', 'advfirewall firewall delete rule name="ras_exporter" dir=in program="[APPLICATIONFOLDER]node.exe"')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetAddRule', 51, 'AddRule', 'advfirewall firewall add rule name="ras_exporter" dir=in action=allow program="[APPLICATIONFOLDER]node.exe" protocol=TCP localport="[ListenPort]"{ remoteip="[REMOTE_ADDR]"}')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetOldPort', 51, 'OldPort', '[REMEMBERED_LISTEN_PORT]')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('SetOldRule', 51, 'OldRule', 'advfirewall firewall add rule name="ras_exporter" dir=in action=allow program="[APPLICATIONFOLDER]node.exe" protocol=TCP localport="[OldPort]"{ remoteip="[REMEMBERED_REMOTE_ADDR]"}')
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('SetNetsh', 1020)
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('SetDeleteRule', 1021)
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('SetAddRule', 1022)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('SetOldPort', 'REMEMBERED_LISTEN_PORT', 1023)
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('SetOldRule', 1024)
-- Not by who is no administrator, except in an upgrade that leaves it as it is: 3 local, 2 absent.
INSERT INTO `CustomAction` (`Action`, `Type`, `Target`) VALUES ('RefuseFirewallChange', 19, 'Only an administrator can change the firewall exception: use a prompt that was started with "Run as administrator".')
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('RefuseFirewallChange', 'NOT AdminUser AND NOT (REMOVE ~= "ALL") AND ((&FirewallException = 3 AND NOT REMEMBERED_FIREWALL) OR (&FirewallException = 2 AND REMEMBERED_FIREWALL))', 1030)
-- A repair by who is no administrator leaves the rule alone: netsh.exe has a window, as the system, in that user's session.
-- 50 a program named by a property; 1024 deferred, 2048 as the system, 256 in a rollback; 64 whatever it returns: there may be no rule.
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('RestoreFirewallRule', 3442, 'Netsh', '[OldRule]')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('DeleteFirewallRule', 3186, 'Netsh', '[DeleteRule]')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('UndoFirewallRule', 3442, 'Netsh', '[DeleteRule]')
INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES ('AddFirewallRule', 3122, 'Netsh', '[AddRule]')
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('RestoreFirewallRule', '?FirewallRule = 3 AND ($FirewallRule = 2 OR ($FirewallRule = 3 AND (AdminUser OR NOT Installed)))', 3410)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('DeleteFirewallRule', '$FirewallRule = 2 OR ($FirewallRule = 3 AND (AdminUser OR NOT Installed))', 3420)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('UndoFirewallRule', '$FirewallRule = 3 AND (AdminUser OR NOT Installed)', 5710)
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('AddFirewallRule', '$FirewallRule = 3 AND (AdminUser OR NOT Installed)', 5720)
