/** The connections of a scrape as people want to see them: one record each, read from the very families that are exported. */
import type { Family, Labels } from '../metrics/metric.ts';
import type { RasApi } from '../ras/api.ts';
import { describeError } from '../ras/errors.ts';
import { rasConnStateName } from '../ras/states.ts';

/** One connection as the metrics show it. */
export interface ConnectionOverview {
  readonly entry: string;
  readonly phonebook: string;
  /** One of `CONNECTION_STATES`, or `unknown`. */
  readonly state: string;
  /** `RASCS_Connected`, a number as `0x1234`, or empty while there is no handle. */
  readonly stateCode: string;
  readonly expected: boolean | undefined;
  readonly error:
    | { readonly code: string; readonly name: string; readonly category: string; readonly meaning: string }
    | undefined;
  readonly protocol: string;
  readonly device: string;
  readonly server: string;
  /** Unix time in seconds; `undefined` while it is not connected, or nobody asked. */
  readonly established: number | undefined;
}

/**
 * Reads the connections out of families.
 *
 * @param timeout milliseconds for each text that Windows is asked for
 */
export async function overviewOf(
  families: readonly Family[],
  ras: RasApi,
  timeout: number,
): Promise<ConnectionOverview[]> {
  const samples = (name: string) => families.find(({ metric }) => metric.name === name)?.samples ?? [];
  const key = ({ entry, phonebook }: Labels) => `${phonebook}\0${entry}`;
  const values = (name: string) => new Map(samples(name).map(({ series, value }) => [key(series.labels), value]));
  const states = new Map(
    samples('ras_connection_state')
      .filter(({ value }) => value === 1)
      .map(({ series: { labels } }) => [key(labels), labels.state ?? '']),
  );
  const stateCodes = values('ras_connection_state_code');
  const errors = values('ras_connection_error_code');
  const expected = values('ras_connection_expected');
  const established = values('ras_connection_established_timestamp_seconds');
  const meanings = new Map<number, Promise<string>>();
  const meaning = (code: number) => {
    const known = meanings.get(code) ?? errorMeaning(ras, code, timeout);
    meanings.set(code, known);
    return known;
  };
  const connections: ConnectionOverview[] = [];
  for (const {
    series: { labels },
  } of samples('ras_connection_info')) {
    const id = key(labels);
    const code = errors.get(id) ?? 0;
    const stateCode = stateCodes.get(id);
    connections.push({
      entry: labels.entry ?? '',
      phonebook: labels.phonebook ?? '',
      state: states.get(id) ?? 'unknown',
      stateCode: stateCode === undefined ? '' : (rasConnStateName(stateCode) ?? `0x${stateCode.toString(16)}`),
      expected: expected.has(id) ? expected.get(id) === 1 : undefined,
      error: code === 0 ? undefined : { ...namedError(code), meaning: await meaning(code) },
      protocol: labels.protocol ?? '',
      device: labels.device_name ?? '',
      server: labels.server ?? '',
      established: established.get(id),
    });
  }
  return connections;
}

function namedError(code: number) {
  const { code: shown, name, category } = describeError(code);
  return { code: shown, name, category };
}

/** What Windows says about an error; what we know where it says nothing. */
async function errorMeaning(ras: RasApi, code: number, timeout: number): Promise<string> {
  try {
    return await ras.getErrorString(code, AbortSignal.timeout(timeout));
  } catch {
    return describeError(code).note;
  }
}
