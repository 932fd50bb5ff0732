/** What the binding of advapi32.dll says about a service, and that it leaves nothing open. */
import { describe, expect, it } from 'vitest';
import { openAdvapi32 } from '../../../src/ras/advapi32/advapi32.ts';
import { SERVICE_STATUS_PROCESS } from '../../../src/ras/advapi32/structs.ts';
import { soon } from '../../support/binding.ts';
import { useServices } from '../../support/binding-services.ts';
import { behave } from '../../support/double.ts';
import { handlesOf, service } from '../../support/double-services.ts';
import { isMissing } from '../../support/requirements.ts';

const FUNCTIONS = ['OpenSCManagerW', 'OpenServiceW', 'QueryServiceStatusEx', 'CloseServiceHandle'] as const;
const rasman = service({ name: 'RasMan' });

describe('SERVICE_STATUS_PROCESS', () => {
  it('has the size and the places of winsvc.h', () => {
    const { size, fields } = SERVICE_STATUS_PROCESS;
    expect(size).toBe(36);
    expect(fields.dwCurrentState.offset).toBe(4);
    expect(fields.dwProcessId.offset).toBe(28);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a service', () => {
  const bench = useServices();
  const called = () => bench.double.readCalls().map((call) => call.function);

  it.each([
    [1, 'stopped'],
    [2, 'start_pending'],
    [3, 'stop_pending'],
    [4, 'running'],
    [5, 'continue_pending'],
    [6, 'pause_pending'],
    [7, 'paused'],
  ])('in state %d is %s', async (state, word) => {
    bench.double.play(service({ name: 'RasMan', state }));
    expect(await bench.services.queryState('RasMan', soon())).toBe(word);
    expect(called()).toEqual([
      'OpenSCManagerW',
      'OpenServiceW',
      'QueryServiceStatusEx',
      'CloseServiceHandle',
      'CloseServiceHandle',
    ]);
  });

  it('that does not exist is absent', async () => {
    bench.double.play(service({ name: 'Spooler' }));
    expect(await bench.services.queryState('RasMan', soon())).toBe('absent');
    expect(called()).toEqual(['OpenSCManagerW', 'OpenServiceW', 'CloseServiceHandle']);
  });

  it('is asked for with rights to look at its state, and with none beside', async () => {
    bench.double.play(rasman);
    await bench.services.queryState('RasMan', soon());
    const [manager, opened, query] = bench.double.readCalls();
    // SC_MANAGER_CONNECT of this machine's active database; SERVICE_QUERY_STATUS; SC_STATUS_PROCESS_INFO.
    expect(Object.fromEntries(manager?.arguments ?? [])).toMatchObject({
      access: '0x1',
      machine: 'null',
      database: 'null',
    });
    expect(Object.fromEntries(opened?.arguments ?? [])).toMatchObject({ access: '0x4', service: 'RasMan' });
    expect(Object.fromEntries(query?.arguments ?? [])).toMatchObject({ level: '0', size: '36' });
  });

  it.each([0, 8, 0xffff_ffff])('with the state %d, which nobody knows, is a bad answer', async (state) => {
    bench.double.play(service({ name: 'RasMan', state }));
    await expect(bench.services.queryState('RasMan', soon())).rejects.toMatchObject({
      name: 'BadAnswer',
      function: 'QueryServiceStatusEx',
    });
  });

  it('about which nothing was written is a bad answer', async () => {
    bench.double.play(rasman, behave({ function: 'QueryServiceStatusEx', writesNothing: true }));
    await expect(bench.services.queryState('RasMan', soon())).rejects.toMatchObject({ name: 'BadAnswer' });
  });

  it('is a state or an error, whatever is written', async () => {
    bench.double.play(rasman, behave({ function: 'QueryServiceStatusEx', fuzz: 7 }));
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const asked = bench.services.queryState('RasMan', soon()).catch((error: unknown) => error);
      const outcome = await asked;
      if (outcome instanceof Error) expect(['CallError', 'BadAnswer']).toContain(outcome.name);
      else expect(outcome).toMatch(/^[a-z_]+$/);
    }
  });

  it.each([
    ['OpenSCManagerW', 5, 0],
    ['OpenServiceW', 5, 1],
    ['QueryServiceStatusEx', 1722, 2],
  ] as const)('whose %s fails with %d is that error, and %d handles are closed', async (name, code, handles) => {
    bench.double.play(rasman, behave({ function: name, returns: code }));
    await expect(bench.services.queryState('RasMan', soon())).rejects.toMatchObject({
      name: 'CallError',
      function: name,
      code,
    });
    expect(handlesOf(bench.double.readCalls()).closed).toHaveLength(handles);
  });

  it('is asked about once at a time, however many ask', async () => {
    bench.double.play(rasman);
    const asked = Array.from({ length: 20 }, () => bench.services.queryState('RasMan', soon()));
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['running']));
    expect(Math.max(...bench.double.readCalls().map((call) => call.inFlight))).toBe(1);
    expect(handlesOf(bench.double.readCalls()).opened).toHaveLength(40);
  });

  it('is asked about by no other function than these four', async () => {
    bench.double.play(rasman);
    await bench.services.queryState('RasMan', soon());
    expect(bench.services.bound.toSorted()).toEqual(FUNCTIONS.toSorted());
    expect(new Set(called())).toEqual(new Set(FUNCTIONS));
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a service control manager that does not answer', () => {
  const bench = useServices();
  const running = service({ name: 'RasMan' });

  it.each(FUNCTIONS)(
    'in %s costs the deadline, is not asked again, and loses no handle when it returns late',
    async (name) => {
      bench.double.play(running, behave({ function: name, hang: true }));
      const asked = bench.services.queryState('RasMan', AbortSignal.timeout(200));
      await expect(asked).rejects.toMatchObject({
        name: 'CallTimeout',
        message: expect.stringMatching(new RegExp(`^${name} has not returned within 0\\.\\d s$`)),
      });
      const before = bench.double.readCalls().length;
      for (let attempt = 0; attempt < 100; attempt += 1) {
        await expect(bench.services.queryState('RasMan', soon())).rejects.toThrow(
          new RegExp(`OpenSCManagerW was not called: ${name} has not returned`),
        );
      }
      expect(bench.double.readCalls()).toHaveLength(before);
      expect(bench.services.hanging).toBe(true);
      bench.double.play(running);
      await expect.poll(() => bench.services.hanging).toBe(false);
      const { opened, closed } = handlesOf(bench.double.readCalls());
      expect(closed.toSorted()).toEqual(opened.toSorted());
      // Nobody waited any more: what was not opened yet was left alone.
      expect(opened).toHaveLength(name === 'OpenSCManagerW' ? 1 : 2);
      expect(await bench.services.queryState('RasMan', soon())).toBe('running');
    },
  );

  it('is late, and still waited for within the deadline', async () => {
    bench.double.play(running, behave({ function: 'OpenServiceW', delayMs: 200 }));
    expect(await bench.services.queryState('RasMan', soon())).toBe('running');
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a DLL that cannot close handles', () => {
  const bench = useServices(['CloseServiceHandle']);

  it('is not asked to open any', async () => {
    bench.double.play(rasman);
    await expect(bench.services.queryState('RasMan', soon())).rejects.toMatchObject({
      name: 'FunctionMissing',
      function: 'CloseServiceHandle',
    });
    expect(bench.double.readCalls()).toEqual([]);
  });
});

describe('a machine without advapi32.dll', () => {
  it('says that the function is missing', async () => {
    const services = openAdvapi32({ path: '/nowhere/advapi32.so' });
    await expect(services.queryState('RasMan', soon())).rejects.toMatchObject({ name: 'FunctionMissing' });
    expect(services.hanging).toBe(false);
  });
});
