/** Which phone books are read, and what one that cannot be read costs. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Phonebooks } from '../../src/collectors/phonebooks.ts';
import { soon } from '../support/binding.ts';
import { ALICE_PBK, ALL_USERS_PBK, connection, entry, FakeRas } from '../support/fake-ras.ts';

const BOB_PBK = ALICE_PBK.replace('alice', 'bob');
const FURTHER_PBK = 'D:\\vpn\\sites.pbk';
const MINUTE = 60_000;

const ofAlice = (name: string) => entry(name, { phonebookPath: ALICE_PBK, allUsers: false });
const ofBob = (name: string) => entry(name, { phonebookPath: BOB_PBK, allUsers: false });
const fromSites = (name: string) => entry(name, { phonebookPath: FURTHER_PBK, allUsers: false });
const tunnelOf = (phonebookPath: string, name: string) => connection({ entry: name, phonebookPath, flags: 4 });

let ras: FakeRas;
let now: number;
beforeEach(() => {
  ras = new FakeRas();
  ras.entries = [entry('Office'), ofAlice('Home'), ofBob('Cabin'), fromSites('Site')];
  for (const path of [ALICE_PBK, BOB_PBK, FURTHER_PBK]) ras.foreign.add(path);
  now = 0;
});

const make = (...paths: readonly string[]) => new Phonebooks({ paths }, () => now);

async function read(phonebooks: Phonebooks) {
  const reading = await phonebooks.read(ras, ras.connections, soon());
  return { ...reading, names: reading.entries.map((name) => name.entry) };
}

const reads = () => ras.calls.calls.get('RasEnumEntriesW');

describe('phone books', () => {
  it('that Windows reads by itself are read with one call', async () => {
    expect(await read(make())).toMatchObject({
      known: true,
      standard: true,
      names: ['Office'],
      paths: [],
      problems: [],
    });
    expect(reads()).toBe(1);
  });

  it('of a flag are read, too, an empty one among them', async () => {
    const { names, paths } = await read(make(FURTHER_PBK, 'D:\\vpn\\empty.pbk'));
    expect(names).toEqual(['Office', 'Site']);
    expect(paths).toEqual([FURTHER_PBK, 'D:\\vpn\\empty.pbk']);
  });

  it('of a flag that are read already are not read twice, however they are spelled', async () => {
    const { names, paths } = await read(make(ALL_USERS_PBK.toUpperCase(), FURTHER_PBK, FURTHER_PBK.toLowerCase()));
    expect(names).toEqual(['Office', 'Site']);
    expect(paths).toEqual([FURTHER_PBK]);
    expect(reads()).toBe(2);
  });

  it.each([621, 622, 625])(
    'of a flag that cannot be read (%d) are a problem, and hide nothing of the others',
    async (code) => {
      ras.returns.set('RasEnumEntriesW D:\\missing.pbk', code);
      const { names, known, problems } = await read(make('D:\\missing.pbk', FURTHER_PBK));
      expect(names).toEqual(['Office', 'Site']);
      expect(known).toBe(true);
      expect(problems).toMatchObject([{ name: 'CallError', function: 'RasEnumEntriesW', code }]);
    },
  );

  it('are known although those that Windows reads by itself cannot be read', async () => {
    ras.returns.set('RasEnumEntriesW', 5);
    for (const path of [FURTHER_PBK, ALICE_PBK]) ras.returns.set(`RasEnumEntriesW ${path}`, 0);
    ras.connections = [tunnelOf(ALICE_PBK, 'Home')];
    const { names, known, standard, problems } = await read(make(FURTHER_PBK));
    expect(names).toEqual(['Site', 'Home']);
    expect([known, standard]).toEqual([true, false]);
    expect(problems).toMatchObject([{ code: 5 }]);
  });

  it('are not known when none can be read', async () => {
    ras.returns.set('RasEnumEntriesW', 5);
    expect(await read(make())).toMatchObject({ known: false, standard: false, entries: [] });
  });

  it('of all users are those of all users, also when they are read by their path and Windows does not say so', async () => {
    ras.entries = [entry('Office', { allUsers: false })];
    ras.returns.set('RasEnumEntriesW', 5);
    ras.returns.set(`RasEnumEntriesW ${ALL_USERS_PBK}`, 0);
    ras.connections = [connection({ entry: 'Office', phonebookPath: ALL_USERS_PBK.toLowerCase(), flags: 1 })];
    const { entries } = await read(make(ALL_USERS_PBK));
    expect(entries).toMatchObject([{ entry: 'Office', allUsers: true }]);
  });
});

describe('the phone book of a connection', () => {
  it('in the profile of another user is read by its path', async () => {
    ras.connections = [tunnelOf(ALICE_PBK, 'Home'), tunnelOf(ALICE_PBK.toUpperCase(), 'Home')];
    expect(await read(make())).toMatchObject({ names: ['Office', 'Home'], paths: [ALICE_PBK] });
  });

  it('is not read when it is that of all users, or none', async () => {
    ras.connections = [connection(), tunnelOf('', '.5550100')];
    await read(make());
    expect(reads()).toBe(1);
  });

  it('stays known when the connection has ended', async () => {
    const phonebooks = make();
    ras.connections = [tunnelOf(ALICE_PBK, 'Home')];
    await read(phonebooks);
    ras.connections = [];
    expect((await read(phonebooks)).names).toEqual(['Office', 'Home']);
  });

  it('that cannot be read is no problem, hides nothing, and is tried again after a minute', async () => {
    const phonebooks = make();
    ras.connections = [tunnelOf(ALICE_PBK, 'Home'), tunnelOf(BOB_PBK, 'Cabin')];
    ras.returns.set(`RasEnumEntriesW ${ALICE_PBK}`, 5);
    expect(await read(phonebooks)).toMatchObject({ names: ['Office', 'Cabin'], problems: [] });
    now = MINUTE - 1;
    const before = reads() ?? 0;
    expect(await read(phonebooks)).toMatchObject({ names: ['Office', 'Cabin'], problems: [] });
    expect(reads()).toBe(before + 2);
    ras.returns.clear();
    now = MINUTE;
    expect((await read(phonebooks)).names).toEqual(['Office', 'Home', 'Cabin']);
  });

  it('gives connections their spelling for as long as it cannot be read', async () => {
    const phonebooks = make();
    ras.connections = [tunnelOf(ALICE_PBK, 'HOME')];
    await read(phonebooks);
    ras.returns.set(`RasEnumEntriesW ${ALICE_PBK}`, 5);
    // When it fails, and while it is not tried.
    for (now of [1, 2, MINUTE / 2]) {
      const { names, spelling } = await read(phonebooks);
      expect(names).toEqual(['Office']);
      expect(spelling.map((name) => name.entry)).toEqual(['Home']);
    }
  });

  it('that does not return costs one deadline a minute, which is a problem of that scrape', async () => {
    const phonebooks = make();
    ras.connections = [tunnelOf(ALICE_PBK, 'Home'), tunnelOf(BOB_PBK, 'Cabin')];
    await read(phonebooks);
    ras.hangs.add(`RasEnumEntriesW ${ALICE_PBK}`);
    const { problems, spelling } = await phonebooks.read(ras, ras.connections, AbortSignal.timeout(50));
    expect(problems).toMatchObject([{ name: 'CallTimeout' }]);
    expect(spelling.map((name) => name.entry)).toEqual(['Home', 'Cabin']);
    ras.release();
    ras.hangs.add(`RasEnumEntriesW ${ALICE_PBK}`);
    expect(await read(phonebooks)).toMatchObject({ names: ['Office', 'Cabin'], problems: [] });
    expect(ras.waiting).toBe(0);
  });

  it('is read once, also by two collectors at the same time', async () => {
    const phonebooks = make();
    ras.connections = [tunnelOf(ALICE_PBK, 'Home'), tunnelOf(BOB_PBK, 'Cabin')];
    await read(phonebooks);
    const [first, second] = await Promise.all([read(phonebooks), read(phonebooks)]);
    expect(first.names).toEqual(['Office', 'Home', 'Cabin']);
    expect(second.names).toEqual(first.names);
    expect(first.paths).toEqual([ALICE_PBK, BOB_PBK]);
  });

  it('is one of 64 that are remembered: the one that was seen least recently goes', async () => {
    const phonebooks = make();
    const paths = Array.from({ length: 65 }, (_, user) => `C:\\Users\\u${user}\\rasphone.pbk`);
    for (const path of paths) {
      ras.connections = [tunnelOf(path, 'Home')];
      await read(phonebooks);
    }
    ras.connections = [];
    expect((await read(phonebooks)).paths).toEqual(paths.slice(1));
  });

  it.each([
    '\\\\evil\\share\\x.pbk',
    '//evil/share/x.pbk',
    '\\\\?\\C:\\x.pbk',
    '\\\\?\\UNC\\evil\\share\\x.pbk',
    '\\\\.\\pipe\\x.pbk',
    '\\??\\C:\\x.pbk',
    '\\x.pbk',
    'C:x.pbk',
    'x.pbk',
    ' C:\\x.pbk',
  ])('is never opened when it is no local file: %s', async (path) => {
    const phonebooks = make();
    ras.entries = [entry('Office'), entry('Evil', { phonebookPath: path, allUsers: false })];
    ras.foreign.add(path);
    ras.connections = [tunnelOf(path, 'Evil')];
    for (const again of [1, 2]) {
      expect(await read(phonebooks)).toMatchObject({ names: ['Office'], paths: [], problems: [] });
      expect(reads()).toBe(again);
    }
    // Whoever sets the flag is trusted.
    expect((await read(make(path))).names).toEqual(['Office', 'Evil']);
  });

  it('gives no entry that would have another file opened', async () => {
    const enumEntries = ras.enumEntries.bind(ras);
    ras.enumEntries = async (signal, path) =>
      path === undefined ? enumEntries(signal) : [ofAlice('Home'), entry('Evil', { phonebookPath: '\\\\evil\\x.pbk' })];
    ras.connections = [tunnelOf(ALICE_PBK, 'Home')];
    expect((await read(make())).names).toEqual(['Office', 'Home']);
  });
});

describe('the phone book of a connection that does not return', () => {
  const home = `RasEnumEntriesW ${ALICE_PBK}`;
  const hangingRead = async (phonebooks: Phonebooks) => {
    ras.hangs.add(home);
    const { problems } = await phonebooks.read(ras, ras.connections, AbortSignal.timeout(20));
    const hung = ras.waiting;
    ras.release();
    await Promise.resolve();
    return { problems: problems.length, hung };
  };
  beforeEach(() => {
    ras.connections = [tunnelOf(ALICE_PBK, 'Home')];
  });

  it('is tried again after a minute, and after twice as long each time, but once a day', async () => {
    const phonebooks = make();
    const minutes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440];
    for (const wait of minutes) {
      expect(await hangingRead(phonebooks)).toEqual({ problems: 1, hung: 1 });
      now += wait * MINUTE - 1;
      expect(await hangingRead(phonebooks)).toEqual({ problems: 0, hung: 0 });
      now += 1;
    }
  });

  it('begins with a minute again once it could be read', async () => {
    const phonebooks = make();
    for (const wait of [1, 2]) {
      await hangingRead(phonebooks);
      now += wait * MINUTE;
    }
    expect((await read(phonebooks)).names).toEqual(['Office', 'Home']);
    await hangingRead(phonebooks);
    now += MINUTE;
    expect((await read(phonebooks)).names).toEqual(['Office', 'Home']);
  });

  it('is forgotten with its connection, and known again with the next one', async () => {
    const phonebooks = make();
    await hangingRead(phonebooks);
    const { connections } = ras;
    ras.connections = [];
    now = 10 * MINUTE;
    expect(await hangingRead(phonebooks)).toEqual({ problems: 0, hung: 0 });
    ras.connections = connections;
    expect((await read(phonebooks)).names).toEqual(['Office', 'Home']);
  });

  it('waits its minutes though its connection comes and goes', async () => {
    const phonebooks = make();
    await hangingRead(phonebooks);
    const { connections } = ras;
    for (now of [1, 2, MINUTE - 1]) {
      ras.connections = [];
      await read(phonebooks);
      ras.connections = connections;
      expect(await hangingRead(phonebooks)).toEqual({ problems: 0, hung: 0 });
    }
  });

  it('is not the one to blame when it was never called', async () => {
    const phonebooks = make();
    ras.hangs.add('RasEnumConnectionsW');
    const stuck = ras.enumConnections(AbortSignal.timeout(20));
    await expect(stuck).rejects.toMatchObject({ name: 'CallTimeout', wasCalled: true });
    const answers = [Promise.resolve([entry('Office')]), ras.enumEntries(soon(), ALICE_PBK)];
    const enumEntries = ras.enumEntries.bind(ras);
    ras.enumEntries = (signal, path) => answers.shift() ?? enumEntries(signal, path);
    const { problems } = await phonebooks.read(ras, ras.connections, soon());
    expect(problems).toMatchObject([{ name: 'CallTimeout', wasCalled: false }]);
    ras.release();
    expect((await read(phonebooks)).names).toEqual(['Office', 'Home']);
  });
});
