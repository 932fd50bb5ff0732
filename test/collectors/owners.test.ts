/**
 * The exporter as a service: it runs as an account in whose phone books the tunnels of the people on the machine do not stand.
 * The real binding asks the double.
 */
import { describe, expect, it } from 'vitest';
import { connectionsCollector } from '../../src/collectors/connections/connections.ts';
import { phonebookCollector } from '../../src/collectors/phonebook.ts';
import { Phonebooks } from '../../src/collectors/phonebooks.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { callsOf, useBinding } from '../support/binding.ts';
import { behave, connection, entry, properties, status } from '../support/double.ts';
import { parseExposition } from '../support/exposition.ts';
import { machine } from '../support/machine.ts';
import { ALICE_PBK } from '../support/mixed.ts';
import { isMissing } from '../support/requirements.ts';

const IS_ALWAYS_ON = 0x2000_0000;
const OWNER_KNOWN = 4;
/** The phone book of Alice lies in her profile. */
const ALICE = 'user:ffffb788';
const home = { entry: 'Alice at home', phonebookPath: ALICE_PBK };
const tunnel = `{entry="Alice at home",phonebook="${ALICE}"}`;
const dialled = connection({ ...home, handle: 1n, deviceType: 'vpn', flags: OWNER_KNOWN });
/** What her phone book says when it is asked for by its path. */
const inHerPhonebook = [
  entry(home),
  properties({ ...home, options2: IS_ALWAYS_ON, server: 'vpn.example.com', vpnStrategy: 7, encryption: 2 }),
];
/** RasEnumEntriesW(NULL) as LocalSystem: nothing of hers. */
const nothingOfOurOwn = () => behave({ function: 'RasEnumEntriesW', count: 1, setCount: 0 });

describe.skipIf(isMissing('gcc', 'stdio.h'))('a tunnel of another user', () => {
  const bench = useBinding();

  function makeScraper(): () => Promise<ReturnType<typeof parseExposition>> {
    const phonebooks = new Phonebooks();
    const collectors = [connectionsCollector({}, phonebooks), phonebookCollector({}, phonebooks)];
    const scraper = new Scraper(machine(bench.ras), collectors);
    return async () => parseExposition(await render((await scraper.scrape(5000)).families, TEXT));
  }

  it('that is Always On is expected, while it is up and after it went down', async () => {
    const scrape = makeScraper();
    bench.double.play(dialled, ...inHerPhonebook, nothingOfOurOwn());
    const up = await scrape();
    expect(up.get(`ras_connection_up${tunnel}`)).toBe(1);
    expect(up.get(`ras_connection_expected${tunnel}`)).toBe(1);
    expect(up.get(`ras_phonebook_entries{phonebook="${ALICE}"}`)).toBe(1);
    expect(up.get('ras_phonebook_entries{phonebook="all_users"}')).toBe(0);
    const label = 'entry_type="vpn",vpn_strategy="ikev2_only",device_type="",server="vpn.example.com"';
    expect([...up.keys()].find((key) => key.startsWith('ras_entry_info{'))).toBe(
      `ras_entry_info{entry="Alice at home",phonebook="${ALICE}",${label},encryption="require_max",always_on="true"}`,
    );
    bench.double.play(dialled, status({ handle: 1n, state: 0x2001, error: 809 }), ...inHerPhonebook, nothingOfOurOwn());
    const failed = await scrape();
    expect(failed.get(`ras_connection_expected${tunnel}`)).toBe(1);
    expect(failed.get(`ras_connection_up${tunnel}`)).toBe(0);
    bench.double.play(...inHerPhonebook, nothingOfOurOwn());
    const down = await scrape();
    expect(down.get(`ras_connection_expected${tunnel}`)).toBe(1);
    expect(down.get(`ras_connection_up${tunnel}`)).toBe(0);
    expect(down.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
  });

  it('is asked for by the path of her phone book, once per scrape', async () => {
    bench.double.play(dialled, ...inHerPhonebook, nothingOfOurOwn());
    await makeScraper()();
    const phonebooks = (name: 'RasEnumEntriesW' | 'RasGetEntryPropertiesW') =>
      callsOf(bench.double, name).map((call) => call.arguments.get('phonebook'));
    expect(phonebooks('RasEnumEntriesW')).toEqual(['null', ALICE_PBK]);
    expect(phonebooks('RasGetEntryPropertiesW')).toEqual([ALICE_PBK]);
  });

  it('whose phone book this account may not read is shown without a guess', async () => {
    bench.double.play(dialled, behave({ function: 'RasEnumEntriesW', returns: 5 }));
    const denied = await makeScraper()();
    expect(denied.get(`ras_connection_up${tunnel}`)).toBe(1);
    expect(denied.has(`ras_connection_expected${tunnel}`)).toBe(false);
  });
});
