/** Who a service runs as, and when it starts. No account with a password: it would stand on a command line. */
import { parseChoice } from '../../config/values.ts';
import { SERVICE_NAME } from '../name.ts';

const VIRTUAL = `NT SERVICE\\${SERVICE_NAME}`;

/** What `--service.account` takes → what Windows calls it. */
const ACCOUNTS: Readonly<Record<string, string>> = {
  LocalSystem: 'LocalSystem',
  LocalService: 'NT AUTHORITY\\LocalService',
  NetworkService: 'NT AUTHORITY\\NetworkService',
  [VIRTUAL]: VIRTUAL,
};

/** What `--service.start` takes → dwStartType, and whether the start is delayed. */
export const START_TYPES = {
  auto: { code: 2, delayed: false },
  'delayed-auto': { code: 2, delayed: true },
  demand: { code: 3, delayed: false },
  disabled: { code: 4, delayed: false },
} as const;

export type StartType = keyof typeof START_TYPES;

const START_WORDS: readonly StartType[] = ['auto', 'delayed-auto', 'demand', 'disabled'];

export const DEFAULT_ACCOUNT = 'LocalSystem';
export const DEFAULT_START: StartType = 'delayed-auto';
const ACCOUNT_WORDS: readonly string[] = Object.keys(ACCOUNTS);

/** @throws ValueError */
export function parseAccount(text: string): string {
  const word = ACCOUNT_WORDS.find((known) => known.toLowerCase() === text.trim().toLowerCase());
  return ACCOUNTS[parseChoice(word ?? text, ACCOUNT_WORDS)] ?? text;
}

/** @throws ValueError */
export function parseStart(text: string): StartType {
  return parseChoice(text, START_WORDS);
}

/** The word for a dwStartType. */
export function startWord(code: number, delayed: boolean): string {
  return (
    START_WORDS.find((word) => START_TYPES[word].code === code && START_TYPES[word].delayed === delayed) ?? `${code}`
  );
}
