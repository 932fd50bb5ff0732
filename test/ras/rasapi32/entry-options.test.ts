/** The options of an entry, out of the structure of each Windows, with and without alternate numbers behind it. */
import { describe, expect, it } from 'vitest';
import { soon, useBinding } from '../../support/binding.ts';
import { accept, properties } from '../../support/double.ts';
import { isMissing } from '../../support/requirements.ts';

const office = { entry: 'Office', phonebookPath: '', allUsers: false };

describe.skipIf(isMissing('gcc', 'stdio.h'))('the options of an entry', () => {
  const bench = useBinding();

  it.each([
    [6724, 0],
    [6724, 4000],
    [5680, 0],
    [5680, 4000],
    [5616, 0],
    [5616, 4000],
  ])('are read from %d bytes with %d bytes behind them', async (size, extraBytes) => {
    const options = { type: 5, vpnStrategy: 14, encryption: 3 };
    bench.double.play(
      accept('RASENTRYW', size),
      properties({ entry: 'Office', options2: 0x2000_0000, extraBytes, ...options }),
    );
    expect(await bench.ras.getEntryProperties(office, soon())).toMatchObject({ ...options, alwaysOn: true });
  });

  it('keep raw numbers that nobody knows', async () => {
    const options = { type: 0xffff_fffe, vpnStrategy: 11, encryption: 4 };
    bench.double.play(properties({ entry: 'Office', ...options }));
    expect(await bench.ras.getEntryProperties(office, soon())).toMatchObject(options);
  });
});
