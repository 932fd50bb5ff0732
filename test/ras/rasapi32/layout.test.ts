/** The declared structures against sizes and offsets that the Windows SDK's own header compiles to. */
import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../src/ras/dll/layout.ts';
import {
  RAS_PROJECTION_INFO,
  RAS_STATS,
  RASCONNSTATUSW,
  RASDEVINFOW,
  RASENTRYNAMEW,
  RASENTRYW,
  RASPPP_PROJECTION_INFO,
  RASTUNNELENDPOINT,
  rasConnW,
  rasIkev2ProjectionInfo,
} from '../../../src/ras/rasapi32/structs.ts';
import measured from './layouts.json' with { type: 'json' };

const declared: readonly [keyof typeof measured.structs, 'x64' | 'x86', Layout][] = [
  ['RASCONNW', 'x64', rasConnW(8)],
  ['RASCONNW', 'x86', rasConnW(4)],
  ['RASCONNSTATUSW', 'x64', RASCONNSTATUSW],
  ['RASCONNSTATUSW', 'x86', RASCONNSTATUSW],
  ['RASENTRYNAMEW', 'x64', RASENTRYNAMEW],
  ['RASENTRYNAMEW', 'x86', RASENTRYNAMEW],
  ['RASENTRYW', 'x64', RASENTRYW],
  ['RASENTRYW', 'x86', RASENTRYW],
  ['RASTUNNELENDPOINT', 'x64', RASTUNNELENDPOINT],
  ['RASTUNNELENDPOINT', 'x86', RASTUNNELENDPOINT],
  ['RASDEVINFOW', 'x64', RASDEVINFOW],
  ['RASDEVINFOW', 'x86', RASDEVINFOW],
  ['RAS_STATS', 'x64', RAS_STATS],
  ['RAS_STATS', 'x86', RAS_STATS],
  ['RASPPP_PROJECTION_INFO', 'x64', RASPPP_PROJECTION_INFO],
  ['RASPPP_PROJECTION_INFO', 'x86', RASPPP_PROJECTION_INFO],
  ['RASIKEV2_PROJECTION_INFO', 'x64', rasIkev2ProjectionInfo(8)],
  ['RASIKEV2_PROJECTION_INFO', 'x86', rasIkev2ProjectionInfo(4)],
  ['RAS_PROJECTION_INFO', 'x64', RAS_PROJECTION_INFO],
  ['RAS_PROJECTION_INFO', 'x86', RAS_PROJECTION_INFO],
];

/** Members of unions, of which the longest stands for all under another name. */
const RENAMED: Readonly<Record<string, string>> = { ppp: 'projection' };
const LEFT_OUT = ['ipv4', 'ikev2'];

describe('the layout of', () => {
  it.each(declared)('%s on %s has the size of the SDK', (name, platform, layout) => {
    expect(layout.size).toBe(measured.structs[name][platform].size);
  });

  it.each(declared)('%s on %s has every field where the SDK has it', (name, platform, layout) => {
    const fields = measured.structs[name][platform].fields
      .filter(([field]) => !LEFT_OUT.includes(String(field)))
      .map(([field, offset, size]) => [RENAMED[String(field)] ?? field, offset, size]);
    const ours = Object.entries(layout.fields).map(([field, { offset, size }]) => [field, offset, size]);
    expect(ours).toEqual(fields);
  });

  it('falls back to sizes that older headers really had', () => {
    for (const platform of ['x64', 'x86'] as const) {
      const { sizesByVersion } = measured.structs.RASCONNW;
      expect(rasConnW(platform === 'x64' ? 8 : 4).sizes.toReversed()).toEqual(sizesByVersion[platform]);
    }
    expect(RASCONNSTATUSW.sizes.toReversed()).toEqual(measured.structs.RASCONNSTATUSW.sizesByVersion.x64);
    expect(RASENTRYNAMEW.sizes.toReversed()).toEqual(measured.structs.RASENTRYNAMEW.sizesByVersion.x64);
    const entrySizes = measured.structs.RASENTRYW.sizesByVersion.x64;
    for (const size of RASENTRYW.sizes) expect(entrySizes).toContain(size);
  });
});
