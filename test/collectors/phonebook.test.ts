import { beforeEach, describe, expect, it } from 'vitest';
import type { EntryFilter } from '../../src/collectors/entry-filter.ts';
import { phonebookCollector } from '../../src/collectors/phonebook.ts';
import { Phonebooks } from '../../src/collectors/phonebooks.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { parseExposition, type Series, seriesOf } from '../support/exposition.ts';
import { ALICE_PBK, ALL_USERS_PBK, connection, entry, FakeRas } from '../support/fake-ras.ts';
import { machine } from '../support/machine.ts';

/** The first 8 hex digits of the SHA-256 of the lower-cased path. */
const ALICE = 'user:ffffb788';

let ras: FakeRas;
beforeEach(() => {
  ras = new FakeRas();
});

interface Options {
  readonly filter?: EntryFilter;
  readonly paths?: readonly string[];
  readonly showPaths?: boolean;
}

function scraperOf({ filter, paths = [], showPaths = false }: Options = {}): Scraper {
  return new Scraper(machine(ras), [
    phonebookCollector(filter, new Phonebooks({ paths }), { paths: showPaths ? ['any'] : [] }),
  ]);
}

async function scrape(options?: Options): Promise<Series> {
  return parseExposition(await render((await scraperOf(options).scrape(1000)).families, TEXT));
}

const SUCCESS = 'ras_exporter_collector_success{collector="phonebook"}';

describe('ras_phonebook_entries', () => {
  it('counts the entries of each phone book, an empty one among them', async () => {
    ras.entries = [entry('Office'), entry('Branch'), entry('Home', { phonebookPath: ALICE_PBK, allUsers: false })];
    expect(seriesOf(await scrape({ paths: ['D:\\empty.pbk'] }), 'ras_phonebook_entries')).toEqual({
      '{phonebook="all_users"}': 2,
      [`{phonebook="${ALICE}"}`]: 1,
      '{phonebook="user:766a05f3"}': 0,
    });
  });

  it('is 0 for all users on a machine without any entry', async () => {
    expect(seriesOf(await scrape(), 'ras_phonebook_entries')).toEqual({ '{phonebook="all_users"}': 0 });
  });

  it('is absent for a phone book that cannot be read, and stands for the others', async () => {
    ras.entries = [entry('Site', { phonebookPath: 'D:\\a.pbk', allUsers: false })];
    ras.returns.set('RasEnumEntriesW', 5);
    ras.returns.set('RasEnumEntriesW D:\\a.pbk', 0);
    const series = await scrape({ paths: ['D:\\a.pbk'] });
    expect(Object.values(seriesOf(series, 'ras_phonebook_entries'))).toEqual([1]);
    expect(series.has('ras_phonebook_entries{phonebook="all_users"}')).toBe(false);
    expect(series.get(SUCCESS)).toBe(0);
  });

  it('counts an entry once that Windows lists twice, and entries that a filter hides', async () => {
    ras.entries = [entry('Office'), entry('Office'), entry('Hidden')];
    const series = await scrape({ filter: { exclude: /^Hidden$/ } });
    expect(series.get('ras_phonebook_entries{phonebook="all_users"}')).toBe(2);
  });
});

describe('ras_entry_info', () => {
  it('says how the entry is configured', async () => {
    ras.entries = [
      entry('Office', { type: 2, vpnStrategy: 7, deviceType: 'VPN', encryption: 2, alwaysOn: true, server: 'a"b\\c' }),
    ];
    expect(seriesOf(await scrape(), 'ras_entry_info')).toEqual({
      '{entry="Office",phonebook="all_users",entry_type="vpn",vpn_strategy="ikev2_only",device_type="vpn",server="a\\"b\\\\c",encryption="require_max",always_on="true"}': 1,
    });
  });

  it.each([
    [{ type: 1 }, 'entry_type="phone"'],
    [{ type: 3 }, 'entry_type="direct"'],
    [{ type: 4 }, 'entry_type="internet"'],
    [{ type: 5 }, 'entry_type="broadband"'],
    [{ type: 77 }, 'entry_type="77"'],
    [{ vpnStrategy: 0 }, 'vpn_strategy="default"'],
    [{ vpnStrategy: 5 }, 'vpn_strategy="sstp_only"'],
    [{ vpnStrategy: 10 }, 'vpn_strategy="10"'],
    [{ vpnStrategy: 14 }, 'vpn_strategy="ikev2_sstp"'],
    [{ vpnStrategy: 15 }, 'vpn_strategy="protocol_list"'],
    [{ vpnStrategy: 0xffff_ffff }, 'vpn_strategy="4294967295"'],
    [{ encryption: 0 }, 'encryption="none"'],
    [{ encryption: 3 }, 'encryption="optional"'],
    [{ alwaysOn: false }, 'always_on="false"'],
  ])('shows %j as %s', async (properties, label) => {
    ras.entries = [entry('Office', properties)];
    expect(Object.keys(seriesOf(await scrape(), 'ras_entry_info'))[0]).toContain(label);
  });

  it('shows what the filters of the connections leave', async () => {
    ras.entries = [entry('Site 1'), entry('Site 2'), entry('Home')];
    const series = await scrape({ filter: { include: /^Site .$/, exclude: /^Site 2$/ } });
    expect(Object.keys(seriesOf(series, 'ras_entry_info'))).toEqual([expect.stringContaining('entry="Site 1"')]);
    // What is not shown is not asked for.
    expect(ras.calls.calls.get('RasGetEntryPropertiesW')).toBe(1);
  });

  it('is one series for entries of one identity, also when their names differ in a lone surrogate only', async () => {
    ras.entries = [entry('Office'), entry('Office', { server: 'other' }), entry('\ud800'), entry('\udc00')];
    expect(Object.keys(seriesOf(await scrape(), 'ras_entry_info'))).toHaveLength(2);
  });

  it('follows the entry when it is changed', async () => {
    const scraper = scraperOf();
    const label = async () => {
      const series = parseExposition(await render((await scraper.scrape(1000)).families, TEXT));
      return /encryption="(\w+)"/.exec(Object.keys(seriesOf(series, 'ras_entry_info')).join())?.[1];
    };
    ras.entries = [entry('Office', { encryption: 1 })];
    expect(await label()).toBe('require');
    ras.entries = [entry('Office', { encryption: 3 })];
    expect(await label()).toBe('optional');
    ras.entries = [];
    expect(await label()).toBeUndefined();
  });

  it('is absent for an entry that cannot be read, which hides nothing of the others', async () => {
    ras.entries = [entry('Broken'), entry('Office')];
    ras.returns.set('RasGetEntryPropertiesW Broken', 623);
    const series = await scrape();
    expect(Object.keys(seriesOf(series, 'ras_entry_info'))).toEqual([expect.stringContaining('entry="Office"')]);
    expect(series.get('ras_phonebook_entries{phonebook="all_users"}')).toBe(2);
    expect(series.get(SUCCESS)).toBe(0);
  });

  it('has what was read before the deadline', async () => {
    ras.entries = [entry('First'), entry('Stuck'), entry('Last')];
    ras.hangs.add('RasGetEntryPropertiesW Stuck');
    const snapshot = await scraperOf().scrape(600);
    const series = parseExposition(await render(snapshot.families, TEXT));
    expect(Object.keys(seriesOf(series, 'ras_entry_info'))).toEqual([expect.stringContaining('entry="First"')]);
    expect(series.get('ras_exporter_collector_timeout{collector="phonebook"}')).toBe(1);
  });
});

describe('ras_phonebook_info', () => {
  beforeEach(() => {
    ras.entries = [entry('Office'), entry('Home', { phonebookPath: ALICE_PBK, allUsers: false })];
    ras.foreign.add(ALICE_PBK);
    ras.connections = [connection({ entry: 'Home', phonebookPath: ALICE_PBK, flags: 4 })];
  });

  it('is absent by default: paths name users', async () => {
    const series = await scrape();
    expect([...series.keys()].join()).not.toContain('alice');
    expect(seriesOf(series, 'ras_phonebook_info')).toEqual({});
  });

  it('shows the path of every phone book, once, also of one that cannot be read', async () => {
    const path = (text: string) => text.replaceAll('\\', '\\\\');
    const expected = {
      [`{phonebook="all_users",path="${path(ALL_USERS_PBK)}"}`]: 1,
      [`{phonebook="${ALICE}",path="${path(ALICE_PBK)}"}`]: 1,
    };
    const paths = [ALL_USERS_PBK.toUpperCase()];
    expect(seriesOf(await scrape({ paths, showPaths: true }), 'ras_phonebook_info')).toEqual(expected);
    ras.returns.set(`RasEnumEntriesW ${ALICE_PBK}`, 5);
    expect(seriesOf(await scrape({ paths, showPaths: true }), 'ras_phonebook_info')).toEqual(expected);
  });

  it('shows paths once that differ in a lone surrogate only: no two lines are alike', async () => {
    ras.connections = ['C:\\\ud800.pbk', 'C:\\\udfff.pbk'].map((phonebookPath) =>
      connection({ phonebookPath, flags: 4 }),
    );
    const { families } = await scraperOf({ showPaths: true }).scrape(1000);
    const lines = (await render(families, TEXT)).split('\n').filter((line) => line.includes('\ufffd'));
    // The first 8 hex digits of the SHA-256 of "c:\\\ufffd.pbk".
    expect(lines).toEqual(['ras_phonebook_info{phonebook="user:c91d5259",path="C:\\\\\ufffd.pbk"} 1']);
  });
});
