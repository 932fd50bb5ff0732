/** `--log.file=eventlog` of the packaged exporter, into the event log of Wine, which prints what it is given. */
import { afterEach, describe, expect, it } from 'vitest';
import { isMissing } from '../support/requirements.ts';
import { runOnWine, startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';
import { recordsOf, SHOWN_RECORDS } from '../support/wine-eventlog.ts';

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))('the event log on Wine', () => {
  let exporter: WineExporter | undefined;
  afterEach(() => exporter?.stop());

  it('gets every line up to the last, with its type and id', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    exporter = await startOnWine({
      dll: 'builtin',
      args: ['--log.file=eventlog', '--ras.api=simulated'],
      env: SHOWN_RECORDS,
    });
    expect(await exporter.terminate()).toBe(0);
    expect(recordsOf(exporter.log())).toEqual([
      'source ras_exporter',
      'type 4, id 100',
      expect.stringMatching(/^msg=\\"Started ras_exporter\\" version=\d/),
      'type 2, id 101',
      'msg=\\"Simulated API: these are not the connections of this machine\\"',
      'type 4, id 100',
      expect.stringMatching(/^msg=Listening address=127\.0\.0\.1:\d+ path=\/metrics tls=false$/),
      'type 4, id 100',
      'msg=Stopping signal=SIGTERM',
    ]);
  });

  it('says why a start failed: a service has nobody who reads its standard error', {
    timeout: WINE_SETUP_TIMEOUT_MS,
  }, async () => {
    const args = ['--log.file=eventlog', '--ras.api=simulated', '--web.listen-address=192.0.2.1:10600'];
    const { exitCode, log } = await runOnWine({ dll: 'builtin', args, env: SHOWN_RECORDS });
    expect(exitCode).toBe(1);
    expect(recordsOf(log)).toEqual([
      'source ras_exporter',
      'type 1, id 102',
      expect.stringMatching(/^msg=\\"Cannot start\\" err=\\"cannot listen on 192\.0\.2\.1:10600: /),
    ]);
  });
});
