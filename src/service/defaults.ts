/** What flags are in a service, where nobody sets them. */
import type { FlagDefaults } from '../config/settings.ts';

export const SERVICE_DEFAULTS: FlagDefaults = { 'log.file': 'eventlog' };
