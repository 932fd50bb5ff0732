import { describe, expect, it } from 'vitest';
import { connectionsCollector } from '../../src/collectors/connections/connections.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { connectionLog } from '../../src/logging/connection-log.ts';
import { connection, entry, FakeRas } from '../support/fake-ras.ts';
import { machine } from '../support/machine.ts';
import { memoryLog } from '../support/memory-log.ts';

/** RASCS_Disconnected, RASCS_Authenticate. */
const DISCONNECTED = 0x2001;
const AUTHENTICATING = 5;

/** A machine, and the lines that a scrape of it writes: those of debug only when they are asked for. */
function watched(filter: { exclude?: RegExp } = {}) {
  const ras = new FakeRas();
  const log = memoryLog();
  const scraper = new Scraper(machine(ras), [connectionsCollector(filter)], connectionLog(log, filter));
  const scrape = async (timeout = 10_000) => {
    log.lines.length = 0;
    await scraper.scrape(timeout);
    return log.lines
      .filter(({ level }) => level !== 'debug')
      .map(({ level, message, fields }) => [level, message, ...Object.values(fields ?? {})]);
  };
  return { ras, log, scrape };
}

describe('the log of connections', () => {
  it('has one line per change of state, and none per scrape', async () => {
    const { ras, scrape } = watched();
    ras.entries = [entry('Office')];
    expect(await scrape()).toEqual([]);
    ras.connections = [connection({ entry: 'Office', state: AUTHENTICATING })];
    const change = ['info', 'Connection state changed', 'Office', 'all_users'];
    expect(await scrape()).toEqual([[...change, 'disconnected', 'authenticating', undefined]]);
    expect(await scrape()).toEqual([]);
    ras.connections = [connection({ entry: 'Office' })];
    expect(await scrape()).toEqual([[...change, 'authenticating', 'connected', undefined]]);
    expect(await scrape()).toEqual([]);
  });

  it('warns when a connection fails, with its error, and when the error becomes another', async () => {
    const { ras, scrape } = watched();
    const failing = (error: number) => [connection({ entry: 'Office', state: DISCONNECTED, error })];
    ras.connections = [connection({ entry: 'Office' })];
    await scrape();
    ras.connections = failing(809);
    const change = ['warn', 'Connection state changed', 'Office', 'all_users'];
    expect(await scrape()).toEqual([[...change, 'connected', 'failed', '809 ERROR_VPN_TIMEOUT']]);
    ras.connections = failing(809);
    expect(await scrape()).toEqual([]);
    ras.connections = failing(691);
    expect(await scrape()).toEqual([[...change, 'failed', 'failed', '691 ERROR_AUTHENTICATION_FAILURE']]);
  });

  it('says what it sees first at debug only, without the path of the phone book', async () => {
    const { ras, log, scrape } = watched();
    ras.entries = [entry('Home', { phonebookPath: 'C:\\Users\\alice\\rasphone.pbk', allUsers: false })];
    expect(await scrape()).toEqual([]);
    expect(log.lines).toMatchObject([{ level: 'debug', message: 'Connection seen', fields: { entry: 'Home' } }]);
    expect(JSON.stringify(log.lines)).not.toContain('alice');
  });

  it('says when a connection that is in no phone book is gone, and when an entry is at debug only', async () => {
    const { ras, scrape } = watched();
    ras.connections = [connection({ entry: '.5551234' })];
    ras.entries = [entry('Idle')];
    await scrape();
    ras.connections = [];
    ras.entries = [];
    const change = ['info', 'Connection state changed', '.5551234', 'all_users'];
    expect(await scrape()).toEqual([[...change, 'connected', 'gone', undefined]]);
    expect(await scrape()).toEqual([]);
    ras.connections = [connection({ entry: '.5551234' })];
    ras.entries = [entry('Idle')];
    expect(await scrape()).toEqual([[...change, 'gone', 'connected', undefined]]);
  });

  it('does not take for gone what a reload hides', async () => {
    const filter: { exclude?: RegExp } = {};
    const { ras, scrape } = watched(filter);
    ras.connections = [connection({ entry: 'Office' })];
    await scrape();
    filter.exclude = /^Office$/;
    expect(await scrape()).toEqual([]);
    delete filter.exclude;
    expect(await scrape()).toEqual([]);
  });

  it('does not take for a change what Windows could not be asked', async () => {
    const { ras, scrape } = watched();
    const up = connection({ entry: 'Office' });
    ras.connections = [up];
    await scrape();
    ras.returns.set('RasGetConnectStatusW', 1722);
    expect(await scrape()).toEqual([]);
    ras.returns.clear();
    ras.returns.set('RasEnumConnectionsW', 1722);
    expect(await scrape()).toEqual([]);
    ras.returns.clear();
    ras.hangs.add('RasEnumConnectionsW');
    expect(await scrape(100)).toEqual([]);
    ras.release();
    expect(await scrape()).toEqual([]);
  });

  it('does not write ten thousand lines when everything changes at once', async () => {
    const { ras, scrape } = watched();
    const names = Array.from({ length: 250 }, (_, index) => `Site ${index}`);
    ras.connections = names.map((name) => connection({ entry: name }));
    await scrape();
    ras.connections = names.map((name) => connection({ entry: name, state: DISCONNECTED, error: 809 }));
    const lines = await scrape();
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toEqual(['warn', 'More connections have changed', 150]);
  });
});
