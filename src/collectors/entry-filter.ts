/** Which entries are shown; the same for every collector whose metrics have the label `entry`. */

/** Flags `--collector.connections.include` and `.exclude`; each pattern is matched against the whole entry name. */
export interface EntryFilter {
  /** Entries that are shown; default all. */
  readonly include?: RegExp | undefined;
  /** Entries that are not shown. */
  readonly exclude?: RegExp | undefined;
}

/** @param entry valid UTF-8 */
export function isShown(entry: string, { include, exclude }: EntryFilter): boolean {
  return (include?.test(entry) ?? true) && !(exclude?.test(entry) ?? false);
}
