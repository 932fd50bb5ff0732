import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScenario, readScenario } from '../../../src/ras/simulated/parse.ts';
import { ALL_USERS, ScenarioError } from '../../../src/ras/simulated/scenario.ts';

/** The error of a scenario that must not be read. */
function errorOf(read: () => unknown): ScenarioError {
  try {
    read();
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
  throw new Error('was read');
}

function problem(yaml: string): string {
  return errorOf(() => parseScenario(yaml, 'bad.yaml')).message;
}

/** A scenario whose only entry has these lines; they begin in line 3. */
function entryWith(lines: string): string {
  return `entries:\n  - name: A\n${lines.replaceAll(/^/gm, '    ')}\n`;
}

/** A scenario whose only trouble is this; it stands in line 3. */
function troubleWith(fields: string): string {
  return `entries: [{ name: Office }, { name: "Site {n}", count: 2 }]\napi:\n  - { ${fields} }\n`;
}

describe('a scenario', () => {
  it('is read with its defaults filled in', () => {
    expect(parseScenario('entries: [{ name: A }]', 'x.yaml')).toEqual({
      description: '',
      entries: [
        {
          name: 'A',
          phonebook: ALL_USERS,
          inPhonebook: true,
          deviceType: 'vpn',
          deviceName: 'WAN Miniport (IKEv2)',
          server: 'vpn.example.com',
          alwaysOn: false,
          owner: 'self',
          subEntry: 1,
          timeline: { steps: [], repeat: true },
          phase: 0,
          traffic: { receive: 250_000, transmit: 40_000, linkErrors: 0, speed: 100_000_000 },
          negotiated: {
            framing: 'ikev2',
            ipv4Error: 0,
            ipv6Error: 731,
            authenticationProtocol: 2,
            eapType: 26,
            flags: 3,
            encryptionMethod: 5,
          },
        },
      ],
      api: [],
      services: [],
      eventLog: [],
    });
  });

  it('may have no entries', () => {
    expect(parseScenario('description: Nothing\nentries: []', 'x.yaml').entries).toEqual([]);
  });

  it.each([
    ['500ms', 500],
    ['3s', 3000],
    ['0.25s', 250],
    ['10m', 600_000],
    ['1m30s', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['3650d', 315_360_000_000],
  ])('understands the duration %s', (text, milliseconds) => {
    const { entries } = parseScenario(entryWith(`timeline: [{ state: connected, for: ${text} }]`), 'x.yaml');
    expect(entries[0]?.timeline.steps[0]?.duration).toBe(milliseconds);
  });

  it('has an endless last step where nothing says for how long', () => {
    const steps = '[{ state: connecting, for: 1s }, { state: connected }]';
    const [entry] = parseScenario(entryWith(`repeat: false\ntimeline: ${steps}`), 'x.yaml').entries;
    expect(entry?.timeline).toMatchObject({ repeat: false, steps: [{ duration: 1000 }, { duration: Infinity }] });
    const [single] = parseScenario(entryWith('timeline: [{ state: connected }]'), 'x.yaml').entries;
    expect(single?.timeline).toMatchObject({ repeat: false, steps: [{ duration: Infinity }] });
  });

  it('writes copies out, each a stagger further, and leaves {n} alone without count', () => {
    const yaml = 'entries: [{ name: "A {n}{n}", count: 2, stagger: 7s, server: "{n}.example.com" }, { name: "{n}" }]';
    expect(parseScenario(yaml, 'x.yaml').entries).toMatchObject([
      { name: 'A 11', server: '1.example.com', phase: 0 },
      { name: 'A 22', server: '2.example.com', phase: 7000 },
      { name: '{n}', phase: 0 },
    ]);
  });

  it('may move the phone book of all users, which stays that of all users', () => {
    const yaml =
      'phonebooks: { all_users: D:\\p.pbk, bob: D:\\b.pbk }\nentries: [{ name: A }, { name: B, phonebook: bob }]';
    expect(parseScenario(yaml, 'x.yaml').entries.map(({ phonebook }) => phonebook)).toEqual([
      { path: 'D:\\p.pbk', allUsers: true },
      { path: 'D:\\b.pbk', allUsers: false },
    ]);
  });

  it('keeps lone surrogates of a name', () => {
    expect(parseScenario('entries: [{ name: "x\\uD800" }]', 'x.yaml').entries[0]?.name).toBe('x\uD800');
  });

  it('reads troubles of the API with all times in milliseconds', () => {
    const yaml = troubleWith(
      'function: RasGetConnectStatusW, entry: "Site {n}", from: 1s, for: 2s, every: 3s, returns: 8',
    );
    expect(parseScenario(yaml, 'x.yaml').api).toEqual([
      {
        function: 'RasGetConnectStatusW',
        entries: new Set(['Site 1', 'Site 2']),
        from: 1000,
        duration: 2000,
        every: 3000,
        returns: 8,
        delay: 0,
      },
    ]);
    expect(parseScenario(troubleWith('function: RasEnumEntriesW, hang: true'), 'x.yaml').api).toMatchObject([
      { entries: undefined, from: 0, duration: Infinity, every: undefined, returns: 0, delay: Infinity },
    ]);
  });
});

describe('what is wrong with a scenario is said with file, line, path and what would be right', () => {
  it.each([
    ['', 'bad.yaml:1: expected a mapping (key: value), found nothing'],
    ['# nothing\n', 'bad.yaml:1: expected a mapping (key: value), found nothing'],
    ['- a', 'bad.yaml:1: expected a mapping (key: value), found a list'],
    ['description: x', 'bad.yaml:1: entries is missing (a list; [] for a machine without any)'],
    ['entries:', 'bad.yaml:1: entries: expected a list (- …), found nothing'],
    ['\nentries: []\n\nentries: []', 'bad.yaml:4: entries: the key stands here twice'],
    ['entires: []', 'bad.yaml:1: entires: there is no key "entires"; did you mean entries?'],
    ['description: 5\nentries: []', 'bad.yaml:1: description: expected text, found 5; put it in quotes'],
    [
      'entries: []\nwhatsoever: 1',
      'bad.yaml:2: whatsoever: there is no key "whatsoever"; expected description, phonebooks, entries, api, services or event_log',
    ],
    ['? [a]\n: 1', 'bad.yaml:1: expected text as key; put it in quotes'],
    ['entries: [A]', 'bad.yaml:1: entries[0]: expected a mapping (key: value), found "A"'],
    ['entries: [{}]', 'bad.yaml:1: entries[0]: name is missing'],
    ['entries: [{ name: 12 }]', 'bad.yaml:1: entries[0].name: expected text, found 12; put it in quotes'],
    ['entries: [{ name: "" }]', 'bad.yaml:1: entries[0].name: expected text, found ""'],
    [
      'entries: [{ name: "a\\0b" }]',
      'bad.yaml:1: entries[0].name: text for Windows cannot hold the character NUL (\\0)',
    ],
    [`entries: [{ name: ${'x'.repeat(257)} }]`, 'bad.yaml:1: entries[0].name: at most 256 characters, found 257'],
    ['phonebooks: { a: x, b: X }\nentries: []', 'bad.yaml:1: phonebooks.b: a has this path already'],
    [
      'phonebooks:\n  none: x\nentries: []',
      'bad.yaml:2: phonebooks.none: none is the name for no phone book; use another name',
    ],
    [
      'phonebooks: { alice: x }\nentries: [{ name: A, phonebook: alcie }]',
      'bad.yaml:2: entries[0].phonebook: there is no phone book "alcie"; did you mean alice?',
    ],
  ])('%j', (yaml, message) => {
    expect(problem(yaml)).toBe(message);
  });

  it.each([
    ['timelime: []', 'bad.yaml:3: entries[0].timelime: there is no key "timelime"; did you mean timeline?'],
    ['Server: x', 'bad.yaml:3: entries[0].Server: there is no key "Server"; did you mean server?'],
    ['name: B', 'bad.yaml:3: entries[0].name: the key stands here twice'],
    ['always_on: yes', 'bad.yaml:3: entries[0].always_on: expected true or false, found "yes"'],
    ['owner: root', 'bad.yaml:3: entries[0].owner: there is no owner "root"; expected self, other or unknown'],
    ['sub_entry: 0', 'bad.yaml:3: entries[0].sub_entry: expected a whole number from 1 to 65535, found 0'],
    ['count: 2', 'bad.yaml:2: entries[0].name: with count, the name needs {n} for the number of the copy'],
    ['count: 1.5', 'bad.yaml:3: entries[0].count: expected a whole number from 1 to 10000, found 1.5'],
    ['stagger: 1s', 'bad.yaml:3: entries[0].stagger: stagger is for copies; add count'],
    [
      'phonebook: none\nin_phonebook: true',
      'bad.yaml:4: entries[0].in_phonebook: without a phone book, only false is right',
    ],
    ['repeat: false', 'bad.yaml:3: entries[0].repeat: there is no timeline to repeat'],
    [
      'timeline: []',
      'bad.yaml:3: entries[0].timeline: no steps; leave timeline out for an entry that is never dialled',
    ],
    ['timeline: connected', 'bad.yaml:3: entries[0].timeline: expected a list (- …), found "connected"'],
    ['timeline:\n  - for: 1s', 'bad.yaml:4: entries[0].timeline[0]: state is missing'],
    [
      'timeline:\n  - state: connecting\n    for: 3s\n  - state: conected\n    for: 1s',
      'bad.yaml:6: entries[0].timeline[1].state: there is no state "conected"; did you mean connected?',
    ],
    [
      'timeline: [{ state: RASCS_Projekted }]',
      'bad.yaml:3: entries[0].timeline[0].state: there is no state "RASCS_Projekted"; did you mean RASCS_Projected?',
    ],
    [
      'timeline: [{ state: -1 }]',
      'bad.yaml:3: entries[0].timeline[0].state: expected a whole number from 0 to 4294967295, found -1',
    ],
    ['timeline: [{ state: failed }]', 'bad.yaml:3: entries[0].timeline[0]: failed needs an error, like error: 809'],
    [
      'timeline: [{ state: disconnected, error: 5 }]',
      'bad.yaml:3: entries[0].timeline[0].error: disconnected has no handle to have an error; use state: failed',
    ],
    [
      'timeline: [{ state: failed, error: 0 }]',
      'bad.yaml:3: entries[0].timeline[0].error: expected a whole number from 1 to 4294967295, found 0',
    ],
    [
      'timeline: [{ state: dormant, substate: 2 }]',
      'bad.yaml:3: entries[0].timeline[0].substate: dormant has its substate; give one with connected or a raw state',
    ],
    [
      'timeline: [{ state: connected, substate: RASCSS_Dormnt }]',
      'bad.yaml:3: entries[0].timeline[0].substate: there is no substate "RASCSS_Dormnt"; did you mean RASCSS_Dormant?',
    ],
    [
      'timeline: [{ state: connected, for: -3s }]',
      'bad.yaml:3: entries[0].timeline[0].for: expected a duration like 500ms, 3s, 1m30s or 2h, found "-3s"',
    ],
    [
      'timeline: [{ state: connected, for: 30 }]',
      'bad.yaml:3: entries[0].timeline[0].for: expected a duration like 500ms, 3s, 1m30s or 2h, found 30',
    ],
    [
      'timeline: [{ state: connected, for: 0s }]',
      'bad.yaml:3: entries[0].timeline[0].for: expected more than 0ms, found "0s"',
    ],
    [
      'timeline: [{ state: connected, for: 99999999h }]',
      'bad.yaml:3: entries[0].timeline[0].for: at most 3650d, found "99999999h"',
    ],
    [
      'timeline:\n  - { state: connecting }\n  - { state: connected }',
      'bad.yaml:4: entries[0].timeline[0]: for is missing (how long, like 30s); only the last step of a timeline with ' +
        'repeat: false needs none',
    ],
  ])('entry with %j', (lines, message) => {
    expect(problem(entryWith(lines))).toBe(message);
  });

  it.each([
    ['returns: 8', 'bad.yaml:3: api[0]: function is missing'],
    [
      'function: RasEnumConectionsW, returns: 8',
      'bad.yaml:3: api[0].function: there is no function "RasEnumConectionsW"; did you mean RasEnumConnectionsW?',
    ],
    [
      'function: RasEnumEntriesW, entry: Office, returns: 8',
      'bad.yaml:3: api[0].entry: RasEnumEntriesW is not called for an entry; only RasGetConnectStatusW, ' +
        'RasGetEntryPropertiesW, RasGetConnectionStatistics and RasGetProjectionInfoEx are',
    ],
    [
      'function: RasGetConnectStatusW, entry: Ofice, returns: 8',
      'bad.yaml:3: api[0].entry: there is no entry "Ofice"; did you mean Office?',
    ],
    ['function: RasEnumEntriesW', 'bad.yaml:3: api[0]: nothing is wrong here; add returns, delay or hang: true'],
    [
      'function: RasEnumEntriesW, returns: 0',
      'bad.yaml:3: api[0].returns: expected a whole number from 1 to 4294967295, found 0',
    ],
    [
      'function: RasEnumEntriesW, hang: true, delay: 1s',
      'bad.yaml:3: api[0].hang: a call hangs or is late; leave out hang or delay',
    ],
    [
      'function: RasEnumEntriesW, for: 10s, every: 5s, returns: 8',
      'bad.yaml:3: api[0].every: every needs a for that is not longer',
    ],
    [
      'function: RasEnumEntriesW, every: 5s, returns: 8',
      'bad.yaml:3: api[0].every: every needs a for that is not longer',
    ],
  ])('trouble { %s }', (fields, message) => {
    expect(problem(troubleWith(fields))).toBe(message);
  });

  it.each([
    ['entries: !secret []', 'bad.yaml:1: entries: tags (!…) are not read; leave it out, or put the value in quotes'],
    ['entries: !!binary aGk=', 'bad.yaml:1: entries: tags (!…) are not read; leave it out, or put the value in quotes'],
    ['entries: &all []', 'bad.yaml:1: entries: anchors (&…) are not read; leave it out, or put the value in quotes'],
    [
      'entries: *all',
      'bad.yaml:1: entries: aliases (*…) are not read; write the value itself, in quotes if it begins with *',
    ],
    [
      '<<: { entries: [] }',
      'bad.yaml:1: "<<": there is no key "<<"; expected description, phonebooks, entries, api, services or event_log',
    ],
    ['entries: []\n---\nentries: []', /^bad\.yaml:2: must be one YAML document$/],
    ['entries: []\n  - x', /^bad\.yaml:2: not valid YAML: /],
    ['entries:\n\t- x', /^bad\.yaml:2: not valid YAML: Tabs/],
    ['description: "\\q"\nentries: []', /^bad\.yaml:1: not valid YAML: Invalid escape/],
    ['['.repeat(5000), /^bad\.yaml:\d+: not valid YAML: /],
  ])('YAML that is more than a scenario needs: %j', (yaml, message) => {
    expect(problem(yaml)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('is said at once when values refer to values that refer to values', () => {
    const levels = Array.from({ length: 30 }, (_, level) => `a${level}: &a${level} [*a${level + 1}, *a${level + 1}]`);
    expect(problem(levels.toReversed().join('\n'))).toMatch(/anchors|aliases|keys?/);
  });

  it('is one line, whatever the file holds or is called', () => {
    const nasty = 'entries: []\n"a\\nb\\u2028\\uD800\\e[31m": 1';
    const { message } = errorOf(() => parseScenario(nasty, 'bad\nfile.yaml'));
    expect(message).toMatch(/^bad file\.yaml:2: /);
    expect(message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    expect(message.isWellFormed()).toBe(true);
  });

  it('has its parts for programs', () => {
    const error = errorOf(() => parseScenario(entryWith('owner: me'), 'bad.yaml'));
    expect([error.name, error.file, error.line, error.path]).toEqual([
      'ScenarioError',
      'bad.yaml',
      3,
      'entries[0].owner',
    ]);
  });

  it('concerns the number of all entries, and of characters', () => {
    const copies = (name: string) => `{ name: "${name} {n}", count: 6000 }`;
    expect(problem(`entries:\n  - ${copies('A')}\n  - ${copies('B')}`)).toBe(
      'bad.yaml:3: entries[1]: at most 10000 entries, copies included',
    );
    expect(problem(`#${' '.repeat(5_000_000)}`)).toBe('bad.yaml: at most 4194304 characters');
  });

  it('concerns the name of the last copy', () => {
    expect(problem(`entries: [{ name: "${'x'.repeat(253)}{n}", count: 1000 }]`)).toBe(
      'bad.yaml:1: entries[0].name: with the number 1000 it has more than 256 characters',
    );
  });
});

describe('a scenario file', () => {
  it('that is missing or no text is an error with its name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
    try {
      const missing = join(folder, 'missing.yaml');
      expect(errorOf(() => readScenario(missing)).message).toBe(`${missing}: cannot be read: ENOENT`);
      expect(errorOf(() => readScenario(folder)).message).toBe(`${folder}: cannot be read: EISDIR`);
      const utf16 = join(folder, 'utf16.yaml');
      writeFileSync(utf16, '\ufeffentries: []', 'utf16le');
      expect(errorOf(() => readScenario(utf16)).message).toBe(`${utf16}: is not UTF-8 text`);
      const bom = join(folder, 'bom.yaml');
      writeFileSync(bom, '\ufeffentries: []\r\n');
      expect(readScenario(bom).entries).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
