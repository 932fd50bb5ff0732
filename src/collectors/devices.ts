/**
 * Collector `devices`: what this machine could dial with.
 *
 * Reads RasEnumDevicesW; needs no privilege; one call per scrape.
 */
import { gauge, info } from '../metrics/metric.ts';
import type { RasDevice } from '../ras/api.ts';
import type { Collector } from './collector.ts';

const devices = gauge('ras_devices', {
  help: 'RAS-capable devices by type (RasEnumDevicesW, RASDEVINFOW.szDeviceType).',
  labels: ['device_type'],
});
const deviceInfo = info('ras_device_info', {
  help: 'One RAS-capable device; several of one name and type are one series (RasEnumDevicesW, RASDEVINFOW).',
  labels: ['device_name', 'device_type'],
});

export function devicesCollector(): Collector {
  return {
    name: 'devices',
    lane: 'rasapi32',
    metrics: [devices, deviceInfo],
    enabledByDefault: true,
    async collect({ ras, signal, report }) {
      const found = (await ras.enumDevices(signal)).map(labelsOf);
      const byType = Map.groupBy(found, ({ device_type }) => device_type);
      const byLabels = new Map(found.map((labels) => [`${labels.device_type}\0${labels.device_name}`, labels]));
      report(() => [
        devices.family(Array.from(byType, ([device_type, { length }]) => devices.series({ device_type }).at(length))),
        deviceInfo.family(Array.from(byLabels.values(), (labels) => deviceInfo.series(labels).at(1))),
      ]);
    },
  };
}

/** Windows spells types now `vpn`, now `VPN`. Names that differ in a lone surrogate only become one label. */
function labelsOf({ deviceType, deviceName }: RasDevice) {
  return { device_name: deviceName.toWellFormed(), device_type: deviceType.toLowerCase().toWellFormed() };
}
