/** The double of the part of advapi32.dll that writes to the event log: what it was given, and how it misbehaves. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One record as ReportEventW was given it. */
export interface WrittenRecord {
  readonly type: number;
  readonly id: number;
  /** Its first 512 characters. */
  readonly text: string;
  readonly length: number;
  /** The handle of its source. */
  readonly source: number;
}

export class EventLogDouble {
  readonly #script: string;
  readonly #log: string;
  #lines = 0;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#script = join(folder, 'script.txt');
    this.#log = join(folder, 'calls.log');
  }

  /** The environment of a process that loads it on Linux. */
  get env(): Readonly<Record<string, string>> {
    return { RASDOUBLE_SCRIPT: this.#script, RASDOUBLE_LOG: this.#log };
  }

  /** From its next call on: `function=ReportEventW hang=1`. Without behaviours all is well, and what hangs returns. */
  behave(...behaviours: readonly string[]): void {
    const lines = behaviours.map((behaviour) => {
      this.#lines += 1;
      return `behave ${behaviour} id=${process.pid}-${this.#lines}\n`;
    });
    writeFileSync(`${this.#script}.draft`, lines.join(''));
    renameSync(`${this.#script}.draft`, this.#script);
  }

  /** The functions that have returned, or hang. */
  get calls(): readonly string[] {
    return this.#read().map((line) => line.split(' ')[0] ?? '');
  }

  /** The records that were taken. */
  get records(): readonly WrittenRecord[] {
    return this.#read()
      .filter((line) => line.startsWith('ReportEventW ') && line.includes(' ret=1 '))
      .map((line) => {
        const values = new Map(line.split(' ').map((word) => [word.split('=')[0], word.split('=')[1] ?? '']));
        const number = (key: string) => Number(values.get(key));
        const text = Buffer.from(values.get('text') ?? '', 'hex').toString('utf16le');
        return { type: number('type'), id: number('id'), source: number('source'), length: number('length'), text };
      });
  }

  #read(): readonly string[] {
    try {
      return readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    } catch {
      return [];
    }
  }
}
