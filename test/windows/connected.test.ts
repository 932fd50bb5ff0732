/** The exporter on Windows: what connections that are up have carried and negotiated. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consistentExposition } from '../support/consistent.ts';
import { behave, DoubleScript } from '../support/double.ts';
import { statistics } from '../support/double-connected.ts';
import { get } from '../support/exporter.ts';
import { type Series, seriesOf } from '../support/exposition.ts';
import { mixedMachine } from '../support/mixed.ts';
import { isMissing } from '../support/requirements.ts';
import { startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-connected-'));
const double = new DoubleScript(folder);
const OFFICE = '{entry="Büro 東京",phonebook="all_users"}';
const HANDLE = 0x1_0000_0001n;

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))(
  'the exporter on Windows, of connections that are up,',
  () => {
    let exporter: WineExporter;

    beforeAll(async () => {
      double.play(...mixedMachine);
      exporter = await startOnWine({
        dll: 'double',
        env: double.env.wine,
        args: ['--collector.projection.addresses'],
      });
    }, WINE_SETUP_TIMEOUT_MS);
    afterAll(() => {
      exporter.stop();
      rmSync(folder, { recursive: true });
    });

    async function scrape(): Promise<Series> {
      const { status, body } = await get(`${exporter.url}/metrics`);
      expect(status).toBe(200);
      return consistentExposition(body);
    }

    it('shows what they carried, and 0 for all that are not', async () => {
      const series = await scrape();
      const received = seriesOf(series, 'ras_connection_received_bytes_total');
      expect(received[OFFICE]).toBe(4_000_000_000);
      expect(Object.values(received)).toHaveLength(6);
      expect(Object.values(received).filter((value) => value === 0)).toHaveLength(5);
      expect(series.get(`ras_connection_speed_bytes_per_second${OFFICE}`)).toBe(12_500_000);
      const established = series.get(`ras_connection_established_timestamp_seconds${OFFICE}`) ?? 0;
      expect(Math.abs(Date.now() / 1000 - 3600 - established)).toBeLessThan(600);
      expect(series.get('ras_exporter_collector_success{collector="statistics"}')).toBe(1);
    });

    it('counts on where Windows wraps', async () => {
      await scrape();
      const later = {
        bytesReceived: 5_032_704,
        framesReceived: 4_300_000,
        bytesTransmitted: 400,
        framesTransmitted: 4,
      };
      double.play(statistics({ handle: HANDLE, ...later, connectDuration: 3_700_000 }), ...mixedMachine);
      const series = await scrape();
      expect(series.get(`ras_connection_received_bytes_total${OFFICE}`)).toBe(4_300_000_000);
      expect(series.get(`ras_connection_transmitted_bytes_total${OFFICE}`)).toBe(400);
    });

    it('shows what they negotiated', async () => {
      double.play(...mixedMachine);
      const series = await scrape();
      const negotiated = Object.keys(seriesOf(series, 'ras_connection_negotiated_info'));
      expect(negotiated).toHaveLength(2);
      expect(negotiated[0]).toBe(
        '{entry="Büro 東京",phonebook="all_users",framing="ikev2",authentication="eap_mschapv2",encryption="aes256",' +
          'ipv4="true",ipv6="false",nat="client",mobike="true"}',
      );
      expect(negotiated[1]).toContain('framing="ppp",authentication="mschapv2",encryption="none"');
      expect(series.get(`ras_connection_ipv6_error_code${OFFICE}`)).toBe(731);
      expect(series.get('ras_exporter_collector_success{collector="projection"}')).toBe(1);
      expect(Object.keys(seriesOf(series, 'ras_connection_address_info'))[0]).toContain(
        'ipv4_address="10.0.0.2",ipv4_server="10.0.0.1",ipv6_address="",ipv6_server=""',
      );
    });

    it('says of an error of one connection that something is missing, and shows the rest', async () => {
      double.play(
        ...mixedMachine,
        behave({ function: 'RasGetConnectionStatistics', handle: 5n, returns: 8 }),
        behave({ function: 'RasGetProjectionInfoEx', handle: HANDLE, returns: 8 }),
      );
      const series = await scrape();
      expect(series.get(`ras_connection_speed_bytes_per_second${OFFICE}`)).toBe(12_500_000);
      expect(Object.keys(seriesOf(series, 'ras_connection_negotiated_info'))).toHaveLength(1);
      for (const collector of ['statistics', 'projection']) {
        expect(series.get(`ras_exporter_collector_success{collector="${collector}"}`)).toBe(0);
      }
    });
  },
);
