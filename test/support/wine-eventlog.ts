/** The event log of Wine, which prints what it is given. */

/** Has Wine print the text of a record, in the channel of its type: information as trace, warnings, errors. */
export const SHOWN_RECORDS = { WINEDEBUG: 'fixme+advapi,trace+eventlog,warn+eventlog,err+eventlog' };

/** The calls and texts of a Wine log, in order: `source ras_exporter`, `type 4, id 100`, `msg=…`. */
export function recordsOf(log: string): string[] {
  const calls =
    /fixme:advapi:(?:(?<source>RegisterEventSourceW) \(\(null\),L"(?<name>[^"]*)"|ReportEventW \([0-9A-F]+,(?<type>0x\w+),0x\w+,(?<id>0x\w+),)|:eventlog:ReportEventW L"(?<text>.*)"(?:\.\.\.)?\r?$/gm;
  return [...log.matchAll(calls)].map(({ groups }) => {
    if (groups?.source !== undefined) return `source ${groups.name}`;
    return groups?.text ?? `type ${Number(groups?.type)}, id ${Number(groups?.id)}`;
  });
}

/** A text as it was before Wine printed it. */
export function asWritten(text: string): string {
  return text.replaceAll(/\\(?:([0-9a-f]{4})|(.))/g, (_, code: string | undefined, mark: string) =>
    code === undefined ? mark : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
