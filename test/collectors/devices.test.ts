import { beforeEach, describe, expect, it } from 'vitest';
import { devicesCollector } from '../../src/collectors/devices.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { parseExposition, seriesOf } from '../support/exposition.ts';
import { FakeRas } from '../support/fake-ras.ts';
import { machine } from '../support/machine.ts';

let ras: FakeRas;
beforeEach(() => {
  ras = new FakeRas();
});

async function scrape() {
  const scraper = new Scraper(machine(ras), [devicesCollector()]);
  return parseExposition(await render((await scraper.scrape(1000)).families, TEXT));
}

describe('devices', () => {
  it('are counted by type, and each is shown', async () => {
    ras.devices = [
      { deviceType: 'vpn', deviceName: 'WAN Miniport (IKEv2)' },
      { deviceType: 'VPN', deviceName: 'WAN Miniport (SSTP)' },
      { deviceType: 'PPPoE', deviceName: 'WAN Miniport (PPPOE)' },
    ];
    const series = await scrape();
    expect(seriesOf(series, 'ras_devices')).toEqual({ '{device_type="vpn"}': 2, '{device_type="pppoe"}': 1 });
    expect(seriesOf(series, 'ras_device_info')).toEqual({
      '{device_name="WAN Miniport (IKEv2)",device_type="vpn"}': 1,
      '{device_name="WAN Miniport (SSTP)",device_type="vpn"}': 1,
      '{device_name="WAN Miniport (PPPOE)",device_type="pppoe"}': 1,
    });
  });

  it('of one name and type are one series, and count two', async () => {
    ras.devices = [
      { deviceType: 'modem', deviceName: 'Modem \ud800' },
      { deviceType: 'Modem', deviceName: 'Modem \udfff' },
    ];
    const series = await scrape();
    expect(seriesOf(series, 'ras_devices')).toEqual({ '{device_type="modem"}': 2 });
    expect(Object.values(seriesOf(series, 'ras_device_info'))).toEqual([1]);
  });

  it('are absent on a machine without any, and where Windows does not tell', async () => {
    expect(seriesOf(await scrape(), 'ras_devices')).toEqual({});
    ras.returns.set('RasEnumDevicesW', 711);
    const series = await scrape();
    expect(seriesOf(series, 'ras_devices')).toEqual({});
    expect(series.get('ras_exporter_collector_success{collector="devices"}')).toBe(0);
  });
});
