/**
 * What the collectors of one scrape read together.
 *
 * Several of them need the same enumeration: it is made once, so they speak of the same moment. And none of them may wake a
 * service that is stopped: RAS functions start RasMan when it does not run, so it is looked at before the first of them. When
 * that does not tell, what was last seen holds: one that was stopped then is not asked until it is seen to run.
 */
import type {
  RasApi,
  RasConnection,
  RasConnectionStatus,
  RasDevice,
  RasEntryName,
  RasEntryProperties,
  RasProjection,
  RasStatistics,
} from '../ras/api.ts';
import { CallTimeout, ServiceStopped } from '../ras/call-errors.ts';
import { RASMAN, type ServiceManager, type ServiceState } from '../ras/service-manager.ts';
import type { Windows } from '../ras/windows.ts';
import { SharedRead } from './shared-read.ts';

/** States in which a RAS function would start the service, or wait until it has come up or down. */
const NOT_RUNNING: readonly (ServiceState | undefined)[] = ['stopped', 'start_pending', 'stop_pending'];

/** Milliseconds that the RAS collectors wait for the service control manager: one that hangs costs no more than itself. */
const PATIENCE = 250;

/** The same while RasMan was last seen stopped: without its state there is nothing else to wait for. */
const PATIENCE_STOPPED = 2000;

/** Keeps what was read, also that it cannot be read; a deadline says nothing about the next one who asks. */
class Kept<K, V> {
  readonly #reads = new Map<K, Promise<V>>();

  get(key: K, read: () => Promise<V>): Promise<V> {
    const kept = this.#reads.get(key);
    if (kept !== undefined) return kept;
    const reading = read();
    this.#reads.set(key, reading);
    reading.catch((error: unknown) => {
      if (error instanceof CallTimeout) this.#reads.delete(key);
    });
    return reading;
  }
}

/** `RasApi` and `ServiceManager` for the collectors of one scrape. RAS functions reject with `ServiceStopped`, too. */
export class ScrapeReads implements RasApi, ServiceManager {
  readonly #windows: Windows;
  readonly #seenStates: Map<string, ServiceState>;
  readonly #connections = new Kept<undefined, readonly RasConnection[]>();
  readonly #statuses = new Kept<bigint, RasConnectionStatus | undefined>();
  readonly #entries = new Kept<string | undefined, readonly RasEntryName[]>();
  readonly #properties = new Kept<string, RasEntryProperties>();
  /** Asked for by the first RAS call and by collector `manager`, which have different deadlines. */
  readonly #states = new Map<string, SharedRead<ServiceState>>();
  #looking: Promise<ServiceState | undefined> | undefined;
  /** Whether RAS functions may be called: `undefined` = yes. */
  #rasman: { readonly stopped: ServiceStopped | undefined } | undefined;

  /** @param seenStates of services, when they were last told; lives from scrape to scrape */
  constructor(windows: Windows, seenStates = new Map<string, ServiceState>()) {
    this.#windows = windows;
    this.#seenStates = seenStates;
  }

  get name() {
    return this.#windows.name;
  }

  get calls() {
    return this.#windows.ras.calls;
  }

  get hanging() {
    return this.#windows.ras.hanging || this.#windows.services.hanging;
  }

  enumConnections(signal: AbortSignal): Promise<readonly RasConnection[]> {
    return this.#connections.get(undefined, () => this.#call(signal, (ras) => ras.enumConnections(signal)));
  }

  getConnectStatus(handle: bigint, signal: AbortSignal): Promise<RasConnectionStatus | undefined> {
    return this.#statuses.get(handle, () => this.#call(signal, (ras) => ras.getConnectStatus(handle, signal)));
  }

  enumEntries(signal: AbortSignal, phonebookPath?: string): Promise<readonly RasEntryName[]> {
    return this.#entries.get(phonebookPath, () => this.#call(signal, (ras) => ras.enumEntries(signal, phonebookPath)));
  }

  getEntryProperties(name: RasEntryName, signal: AbortSignal): Promise<RasEntryProperties> {
    // By name: what is read of one phone book twice are not the same objects.
    const key = `${name.phonebookPath}\0${name.entry}`;
    return this.#properties.get(key, () => this.#call(signal, (ras) => ras.getEntryProperties(name, signal)));
  }

  getConnectionStatistics(handle: bigint, signal: AbortSignal): Promise<RasStatistics | undefined> {
    return this.#call(signal, (ras) => ras.getConnectionStatistics(handle, signal));
  }

  getProjectionInfo(handle: bigint, signal: AbortSignal): Promise<RasProjection | undefined> {
    return this.#call(signal, (ras) => ras.getProjectionInfo(handle, signal));
  }

  enumDevices(signal: AbortSignal): Promise<readonly RasDevice[]> {
    return this.#call(signal, (ras) => ras.enumDevices(signal));
  }

  /** A text of rasapi32.dll itself, for which no service is needed. */
  getErrorString(code: number, signal: AbortSignal): Promise<string> {
    return this.#windows.ras.getErrorString(code, signal);
  }

  async queryState(service: string, signal: AbortSignal): Promise<ServiceState> {
    const { services } = this.#windows;
    let state = this.#states.get(service);
    if (state === undefined) {
      state = new SharedRead(`the state of ${service}`, async (shared) => {
        const seen = await services.queryState(service, shared);
        this.#seenStates.set(service, seen);
        return seen;
      });
      this.#states.set(service, state);
    }
    return state.wait(signal);
  }

  #call<T>(signal: AbortSignal, call: (ras: RasApi) => Promise<T>): Promise<T> {
    const { ras } = this.#windows;
    if (this.#rasman !== undefined) {
      const { stopped } = this.#rasman;
      return stopped === undefined ? call(ras) : Promise.reject(stopped);
    }
    this.#looking ??= this.#look(signal);
    return this.#looking.then((state) => {
      this.#rasman = { stopped: this.#stopped(state) };
      return this.#call(signal, call);
    });
  }

  /** @param state of RasMan; `undefined` when there is no telling: no reason not to ask Windows, unless it was last stopped */
  #stopped(state: ServiceState | undefined): ServiceStopped | undefined {
    if (NOT_RUNNING.includes(state)) return new ServiceStopped(RASMAN);
    const last = state ?? this.#seenStates.get(RASMAN);
    return NOT_RUNNING.includes(last) ? new ServiceStopped(RASMAN, last) : undefined;
  }

  /** The state of RasMan; `undefined` when there is no telling. */
  async #look(signal: AbortSignal): Promise<ServiceState | undefined> {
    const patience = new AbortController();
    const giveUp = () => patience.abort();
    const wasStopped = NOT_RUNNING.includes(this.#seenStates.get(RASMAN));
    const timer = setTimeout(giveUp, wasStopped ? PATIENCE_STOPPED : PATIENCE);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return signal.aborted ? undefined : await this.queryState(RASMAN, patience.signal);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }
}
