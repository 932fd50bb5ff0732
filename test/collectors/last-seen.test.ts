/** A RasMan that was stopped when it was last seen, and a service control manager that does not tell its state any more. */
import { beforeEach, describe, expect, it } from 'vitest';
import { connectionsCollector } from '../../src/collectors/connections/connections.ts';
import { devicesCollector } from '../../src/collectors/devices.ts';
import { managerCollector } from '../../src/collectors/manager.ts';
import { phonebookCollector } from '../../src/collectors/phonebook.ts';
import { Phonebooks } from '../../src/collectors/phonebooks.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { CallError } from '../../src/ras/call-errors.ts';
import { connection, entry, FakeRas } from '../support/fake-ras.ts';
import { FakeServices } from '../support/fake-services.ts';
import { machine } from '../support/machine.ts';

const STOPPED = ['stopped', 'start_pending', 'stop_pending'] as const;

let ras: FakeRas;
let services: FakeServices;
let scraper: Scraper;
beforeEach(() => {
  ras = new FakeRas();
  ras.connections = [connection({ entry: 'Office' })];
  ras.entries = [entry('Office')];
  services = new FakeServices();
  const phonebooks = new Phonebooks();
  scraper = scraperOf([connectionsCollector({}, phonebooks), phonebookCollector({}, phonebooks), devicesCollector()]);
});

const scraperOf = (collectors: ConstructorParameters<typeof Scraper>[1]) =>
  new Scraper(machine(ras, { services }), collectors);
const callsMade = () => [...ras.calls.calls.values()].reduce((sum, calls) => sum + calls, 0);

/** What each collector says of a scrape. */
async function problems(timeout = 600): Promise<readonly string[]> {
  const { results } = await scraper.scrape(timeout);
  return results.map((result) => [...new Set(result.problems.map(({ message }) => message))].join('; '));
}

const untold = (state: string) => `the state of the service RasMan is not known now; it was ${state} when last seen`;

describe('a RasMan that was last seen', () => {
  it.each(STOPPED)(
    '%s is not called while its state cannot be had, and every RAS collector says why',
    async (state) => {
      services.answer = state;
      expect(await problems()).toEqual(['', '', '']);
      services.answer = new CallError('OpenServiceW', 5);
      for (let again = 0; again < 3; again += 1) {
        expect(await problems()).toEqual([untold(state), untold(state), untold(state)]);
      }
      expect(callsMade()).toBe(0);
    },
  );

  it('stopped is not called while the service control manager hangs', async () => {
    services.answer = 'stopped';
    await problems();
    services.answer = 'hangs';
    for (let again = 0; again < 3; again += 1) {
      expect(await problems()).toEqual(Array.from({ length: 3 }, () => untold('stopped')));
    }
    expect(callsMade()).toBe(0);
    services.release();
    expect(await problems()).toEqual(['', '', '']);
    expect(callsMade()).toBeGreaterThan(0);
  });

  it('stopped is seen to be stopped still, and to run again, by a service control manager that is slow', async () => {
    services.answer = 'stopped';
    await problems();
    services.delay = 300;
    for (let again = 0; again < 2; again += 1) expect(await problems(5000)).toEqual(['', '', '']);
    expect(callsMade()).toBe(0);
    services.answer = 'running';
    expect(await problems(5000)).toEqual(['', '', '']);
    expect(callsMade()).toBeGreaterThan(0);
  });

  it('stopped by a scrape that asked for collector manager only is not called, either', async () => {
    scraper = scraperOf([connectionsCollector(), managerCollector()]);
    services.answer = 'stopped';
    await scraper.scrape(600, new Set(['manager']));
    services.answer = new CallError('OpenServiceW', 5);
    expect((await problems())[0]).toBe(untold('stopped'));
    expect(callsMade()).toBe(0);
  });

  it.each(['running', 'paused', 'absent'] as const)('%s is called although its state cannot be had', async (state) => {
    services.answer = state;
    await problems();
    const before = callsMade();
    services.answer = new CallError('OpenServiceW', 5);
    expect(await problems()).toEqual(['', '', '']);
    expect(callsMade()).toBe(2 * before);
  });
});
