/** Both real bindings over their doubles, which share one script and one log: what is called while RasMan does not run. */
import { describe, expect, it } from 'vitest';
import { connectionsCollector } from '../../src/collectors/connections/connections.ts';
import { managerCollector } from '../../src/collectors/manager.ts';
import { phonebookCollector } from '../../src/collectors/phonebook.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { useBinding } from '../support/binding.ts';
import { useServices } from '../support/binding-services.ts';
import { behave } from '../support/double.ts';
import { service } from '../support/double-services.ts';
import { parseExposition } from '../support/exposition.ts';
import { machine } from '../support/machine.ts';
import { mixedMachine } from '../support/mixed.ts';
import { isMissing } from '../support/requirements.ts';

describe.skipIf(isMissing('gcc', 'stdio.h'))('a scrape while the service RasMan', () => {
  const ras = useBinding();
  // Registered last: its script and its log are those that both doubles use.
  const bench = useServices();

  async function scrape(timeout = 5000) {
    const collectors = [connectionsCollector(), phonebookCollector(), managerCollector()];
    const scraper = new Scraper(machine(ras.ras, { services: bench.services }), collectors);
    return parseExposition(await render((await scraper.scrape(timeout)).families, TEXT));
  }

  const rasCalls = () => bench.double.readCalls().filter((call) => call.function.startsWith('Ras'));

  it.each([1, 2, 3])('is in state %d calls no RAS function', async (state) => {
    bench.double.play(...mixedMachine, service({ name: 'RasMan', state }));
    const series = await scrape();
    expect(rasCalls()).toEqual([]);
    expect(series.get('ras_up')).toBe(0);
    expect(series.get('ras_manager_running')).toBe(0);
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
  });

  it('runs asks about it once, before the first RAS function', async () => {
    bench.double.play(...mixedMachine, service({ name: 'RasMan' }));
    const series = await scrape();
    expect(series.get('ras_up')).toBe(1);
    expect(series.get('ras_manager_running')).toBe(1);
    const calls = bench.double.readCalls().map((call) => call.function);
    expect(calls.filter((name) => name === 'OpenServiceW')).toHaveLength(1);
    expect(calls.findIndex((name) => name.startsWith('Ras'))).toBeGreaterThan(calls.indexOf('QueryServiceStatusEx'));
  });

  it.each([
    ['is not there', []],
    [
      'may not be asked about',
      [service({ name: 'RasMan', state: 1 }), behave({ function: 'OpenServiceW', returns: 5 })],
    ],
    [
      'cannot be asked about',
      [service({ name: 'RasMan', state: 1 }), behave({ function: 'OpenSCManagerW', hang: true })],
    ],
  ])('%s calls RAS functions as ever', async (_what, script) => {
    bench.double.play(...mixedMachine, ...script);
    const series = await scrape(700);
    expect(series.get('ras_up')).toBe(1);
    expect(rasCalls().length).toBeGreaterThan(5);
  });
});
