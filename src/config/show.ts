/** The configuration as it may be shown: without secrets. */
import { printable } from '../text/printable.ts';
import { type FlagName, flagNamed } from './flags.ts';
import { shownTexts } from './secrets.ts';
import type { Setting, Settings } from './settings.ts';

/** What was set by anybody, on one line each: for the log. */
export function shownSettings(settings: Settings): Readonly<Record<string, string>> {
  const set = [...settings].filter(([, { origin }]) => origin !== 'default');
  return Object.fromEntries(set.map(([name, setting]) => [name, shownTexts(flagNamed(name), setting).join(',')]));
}

/**
 * The settings that hold as a configuration file, with where each comes from. Read as one, it gives the same configuration, but
 * for secrets.
 */
export function settingsAsYaml(settings: Settings): string {
  const rows = [...settings]
    .filter(([name, { texts, items }]) => (texts.length > 0 || items) && flagNamed(name).inFile !== false)
    .map(([name, setting]) => [`${name}: ${yamlValue(name, setting)}`, originOf(setting)] as const);
  const width = Math.max(0, ...rows.map(([text]) => Math.min(text.length, 60)));
  return rows.map(([text, origin]) => `${text.padEnd(width)}  # ${printable(origin)}\n`).join('');
}

function yamlValue(name: FlagName, setting: Setting): string {
  const flag = flagNamed(name);
  const texts = shownTexts(flag, setting);
  const last = texts.at(-1) ?? '';
  if (flag.value === undefined) return String(['true', '1'].includes(last.trim().toLowerCase()));
  if (setting.items || flag.repeatable === true) return `[${texts.map(quoted).join(', ')}]`;
  return quoted(last);
}

/** Text that YAML reads as this text, in quotes where it would read something else without. */
function quoted(text: string): string {
  return /^[A-Za-z0-9/][\w./-]*$/.test(text) && !/^(?:true|false|null)$/i.test(text)
    ? text
    : printable(JSON.stringify(text));
}

function originOf({ origin, place }: Setting): string {
  return origin === 'default' ? 'default' : place;
}
