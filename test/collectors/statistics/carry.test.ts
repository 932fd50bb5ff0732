/** One connection, reading by reading: what counts, and what does not. */
import { describe, expect, it } from 'vitest';
import { TrafficHistory } from '../../../src/collectors/statistics/history.ts';
import type { RasStatistics } from '../../../src/ras/api.ts';
import { statisticsRecord } from '../../support/statistics.ts';

const GIB = 2 ** 30;
const WRAP = 2 ** 32;
const MINUTE = 60_000;

/** A connection that is read once a minute. */
function connection(correlationId = 'c0de') {
  const history = new TrafficHistory();
  let key = { handle: 1n, correlationId };
  let minutes = 0;
  return {
    totals: history.totals,
    /** Windows tells another id for its handle. */
    rename(id: string) {
      key = { ...key, correlationId: id };
    },
    /** Minutes go by. */
    wait(count: number) {
      minutes += count;
    },
    /** The connection is not there; others are. */
    miss() {
      minutes += 1;
      history.retain([]);
    },
    /** A minute later; the duration goes on with the clock unless something else is said. */
    read(part: Partial<RasStatistics>): number {
      minutes += 1;
      const statistics = statisticsRecord({ connectDuration: minutes * MINUTE, ...part });
      history.retain([key]);
      return history.observe(key, { statistics, at: minutes * MINUTE, time: 1e12 + minutes * MINUTE });
    },
  };
}

/** Bytes with the frames that they take. */
const received = (bytes: number, frames = Math.ceil(bytes / 1000)) => ({
  bytesReceived: bytes % WRAP,
  framesReceived: frames % WRAP,
});

describe('a connection that goes on', () => {
  it('counts in full at first sight, then what was added', () => {
    const { read, totals } = connection();
    read(received(5000));
    expect(totals).toMatchObject({ bytesReceived: 5000, framesReceived: 5 });
    read(received(5000));
    read(received(7000));
    expect(totals).toMatchObject({ bytesReceived: 7000, framesReceived: 7, bytesTransmitted: 0 });
  });

  it('counts on over one wrap and another', () => {
    const { read, totals } = connection();
    for (const bytes of [3 * GIB, 4.5 * GIB, 7 * GIB, 9 * GIB]) read(received(bytes));
    expect(totals.bytesReceived).toBe(9 * GIB);
  });

  it('counts a wrap also where nearly all of the range went by', () => {
    const { read, totals } = connection();
    read(received(GIB));
    read(received(4.75 * GIB));
    expect(totals.bytesReceived).toBe(4.75 * GIB);
  });

  it('counts a wrap in both directions at once', () => {
    const { read, totals } = connection();
    const both = (bytes: number) => ({
      ...received(bytes),
      bytesTransmitted: bytes % WRAP,
      framesTransmitted: Math.ceil(bytes / 1000),
    });
    read(both(4_200_000_000));
    read(both(4_300_000_000));
    expect(totals).toMatchObject({ bytesReceived: 4_300_000_000, bytesTransmitted: 4_300_000_000 });
  });

  it('counts a wrap of frames', () => {
    const { read, totals } = connection();
    read({ ...received(64 * 4_294_967_000, 4_294_967_000), framesTransmitted: 5 });
    read({ ...received(64 * 4_294_967_500, 4_294_967_500), framesTransmitted: 6 });
    expect(totals.framesReceived).toBe(4_294_967_500);
  });

  it('counts a wrap by the shorter way round where nobody counts frames', () => {
    const { read, totals } = connection();
    read({ bytesReceived: 4_294_967_290 });
    read({ bytesReceived: 10 });
    expect(totals.bytesReceived).toBe(WRAP + 10);
  });

  it('goes on when its duration wraps after 49.7 days', () => {
    const { read, totals, wait } = connection('');
    wait(71_581);
    read({ ...received(5000), connectDuration: 71_582 * MINUTE });
    const established = read({ ...received(6000), connectDuration: 71_583 * MINUTE - WRAP });
    expect(totals.bytesReceived).toBe(6000);
    expect(established).toBe(1e12);
  });

  it('is established when it was, however the duration jitters and the system clock is set', () => {
    const { read } = connection();
    const first = read({ connectDuration: 50_000 });
    expect(first).toBe(1e12 + MINUTE - 50_000);
    expect(read({ connectDuration: 109_990 })).toBe(first);
    expect(read({ connectDuration: 170_040 })).toBe(first);
  });
});

describe('a connection whose statistics somebody clears', () => {
  it('keeps what was counted and counts on from 0', () => {
    const { read, totals } = connection();
    read(received(800_000));
    read(received(30_000));
    expect(totals).toMatchObject({ bytesReceived: 800_000, framesReceived: 800 });
    read(received(50_000));
    expect(totals).toMatchObject({ bytesReceived: 850_000, framesReceived: 850 });
    read(received(60_000));
    expect(totals.bytesReceived).toBe(860_000);
  });

  it('keeps what was counted when it happens again and again', () => {
    const { read, totals } = connection();
    for (const bytes of [800_000, 30_000, 20_000, 10_000, 11_000]) read(received(bytes));
    expect(totals).toMatchObject({ bytesReceived: 861_000, framesReceived: 861 });
  });

  it('has not wrapped, even where it was about to', () => {
    const { read, totals } = connection();
    read(received(4_294_967_000));
    read(received(30_000));
    read(received(31_000));
    expect(totals.bytesReceived).toBe(4_294_998_000);
  });

  it('has not wrapped when more frames than before pass at once', () => {
    const { read, totals } = connection();
    read({ ...received(3_000_000, 2000), bytesTransmitted: 100_000, framesTransmitted: 1000 });
    read({ ...received(2_800_000, 68_000), bytesTransmitted: 90_000_000, framesTransmitted: 68_000 });
    expect(totals).toMatchObject({ bytesReceived: 3_000_000, framesReceived: 68_000 });
  });

  it('is the same connection when its duration begins anew, too', () => {
    const { read, totals } = connection();
    const established = read(received(2000));
    expect(read({ ...received(500), framesTransmitted: 9, connectDuration: 30_000 })).toBe(established);
    expect(read({ ...received(600), framesTransmitted: 9, connectDuration: 90_000 })).toBe(established);
    expect(totals).toMatchObject({ bytesReceived: 2600, framesTransmitted: 9 });
  });
});

describe('a new connection', () => {
  it('on a handle that was used before, without ids, is told by its duration', () => {
    const { read, totals } = connection('');
    read({ ...received(5000), connectDuration: 600_000 });
    const established = read({ ...received(9000), connectDuration: 20_000 });
    expect(established).toBe(1e12 + 2 * MINUTE - 20_000);
    expect(read({ ...received(9500), connectDuration: 80_000 })).toBe(established);
    expect(totals.bytesReceived).toBe(14_500);
  });

  it('that was away meanwhile, without ids, is told by a duration that is too short', () => {
    const { read, miss, totals } = connection('');
    read({ ...received(5000), connectDuration: 1000 });
    miss();
    read({ ...received(9000), connectDuration: 30_000 });
    read({ ...received(9500), connectDuration: 90_000 });
    expect(totals.bytesReceived).toBe(14_500);
  });
});

describe('a connection that Windows left out once', () => {
  it.each(['c0de', ''])('is not counted twice (correlation id "%s")', (id) => {
    const { read, miss, totals } = connection(id);
    read(received(5000));
    miss();
    read(received(6000));
    expect(totals.bytesReceived).toBe(6000);
  });
});

describe('a value that cannot be right', () => {
  it('that is a little smaller than before counts nothing, and nothing twice', () => {
    const { read, totals } = connection();
    read(received(100_000));
    read(received(99_000));
    expect(totals.bytesReceived).toBe(100_000);
    read(received(101_000));
    expect(totals.bytesReceived).toBe(101_000);
  });

  it('that is much smaller, while others rise, counts nothing', () => {
    const { read, totals } = connection();
    read({ ...received(100_000), bytesTransmitted: 5000, framesTransmitted: 5 });
    read({ bytesReceived: 20, framesReceived: 101, bytesTransmitted: 6000, framesTransmitted: 6 });
    expect(totals).toMatchObject({ bytesReceived: 100_000, bytesTransmitted: 6000 });
  });

  it.each(['c0de', ''])('of all zeros for once counts nothing twice (correlation id "%s")', (id) => {
    const { read, totals } = connection(id);
    const established = read(received(100_000));
    read({ connectDuration: 0 });
    expect(read(received(120_000))).toBe(established);
    expect(totals).toMatchObject({ bytesReceived: 120_000, framesReceived: 120 });
  });

  it('of a duration that stands still is no new connection', () => {
    const { read, totals } = connection('');
    for (const bytes of [1000, 2000, 3000]) read({ ...received(bytes), connectDuration: 0 });
    expect(totals.bytesReceived).toBe(3000);
  });
});

const BUSY = { bytesReceived: 1_000_000, framesReceived: 1000, bytesTransmitted: 500_000, framesTransmitted: 900 };

describe('a count that runs back by one', () => {
  it.each([1, 4, 5, 60, 60 * 24 * 7])('after %d minutes adds nothing', (minutes) => {
    const { read, totals, wait } = connection();
    read({ ...BUSY, crcErrors: 100 });
    wait(minutes - 1);
    read({ ...BUSY, bytesReceived: 999_999, framesReceived: 999, crcErrors: 99 });
    expect(totals).toMatchObject({ ...BUSY, crcErrors: 100 });
  });

  it('together with all others, one of them being small, adds nothing', () => {
    const { read, totals } = connection();
    read({ ...BUSY, crcErrors: 1 });
    read({ bytesReceived: 999_999, framesReceived: 999, bytesTransmitted: 499_999, framesTransmitted: 899 });
    read({ ...BUSY, crcErrors: 1 });
    expect(totals).toMatchObject({ ...BUSY, crcErrors: 1 });
  });

  it('adds nothing while 70,000 frames pass', () => {
    const { read, totals } = connection();
    read({ bytesReceived: 1_000_000_000, framesReceived: 1_000_000 });
    read({ bytesReceived: 999_999_999, framesReceived: 1_070_000 });
    expect(totals).toMatchObject({ bytesReceived: 1_000_000_000, framesReceived: 1_070_000 });
  });

  it('over a wrap that was just counted adds nothing', () => {
    const { read, totals } = connection();
    read(received(WRAP - 100_000));
    read(received(WRAP + 100, 4_294_970));
    read({ bytesReceived: WRAP - 100, framesReceived: 4_294_970 });
    expect(totals.bytesReceived).toBe(WRAP + 100);
    read(received(WRAP + 5000, 4_294_975));
    expect(totals).toMatchObject({ bytesReceived: WRAP + 5000, framesReceived: 4_294_975 });
  });
});

describe('a count that falls far, alone,', () => {
  it.each([1, 5, 600])('after %d minutes, has not wrapped when it counts errors', (minutes) => {
    const { read, totals, wait } = connection();
    read({ ...BUSY, crcErrors: 4_000_000_000 });
    wait(minutes - 1);
    read({ ...BUSY, crcErrors: 0 });
    expect(totals).toMatchObject({ ...BUSY, crcErrors: 4_000_000_000 });
  });

  it('and comes back counts nothing', () => {
    const { read, totals } = connection();
    read({ ...BUSY, crcErrors: 100 });
    read({ ...BUSY, bytesReceived: 10, crcErrors: 100 });
    read({ ...BUSY, bytesReceived: 1_000_500, crcErrors: 100 });
    expect(totals.bytesReceived).toBe(1_000_500);
  });

  it('and stays there counts on from where it fell to', () => {
    const { read, totals } = connection();
    read({ ...BUSY, crcErrors: 100 });
    for (const crcErrors of [10, 12, 15]) read({ ...BUSY, crcErrors });
    expect(totals.crcErrors).toBe(105);
  });

  it('is not a wrap of frames, however long nobody looked', () => {
    const { read, totals, wait } = connection();
    read({ ...BUSY, framesReceived: 2_000_000_000 });
    wait(60 * 24);
    read({ ...BUSY, framesReceived: 10 });
    expect(totals.framesReceived).toBe(2_000_000_000);
  });
});

describe('a duration that falls', () => {
  it.each(['c0de', ''])('to what nothing that is new can have counts nothing twice (correlation id "%s")', (id) => {
    for (const connectDuration of [998_500, 900_000, 3_000_000_000, 70_000]) {
      const { read, totals } = connection(id);
      const established = read({ ...BUSY, crcErrors: 100, connectDuration: 1_000_000 });
      expect(read({ ...BUSY, crcErrors: 99, connectDuration })).toBe(established);
      expect(read({ ...BUSY, crcErrors: 101, connectDuration: 1_120_000 })).toBe(established);
      expect(totals).toMatchObject({ ...BUSY, crcErrors: 101 });
    }
  });

  it.each(['c0de', ''])('for once to one that is short enough counts nothing twice (correlation id "%s")', (id) => {
    const { read, totals } = connection(id);
    const established = read({ ...BUSY, connectDuration: 1_000_000 });
    read({ ...BUSY, bytesReceived: 1_100_000, connectDuration: 5 });
    expect(read({ ...BUSY, bytesReceived: 1_200_000, connectDuration: 1_120_000 })).toBe(established);
    expect(totals).toMatchObject({ ...BUSY, bytesReceived: 1_200_000 });
  });
});

describe('a correlation id', () => {
  it.each([
    ['vanishes and returns', ['c0de', '', 'c0de']],
    ['appears', ['', 'c0de', 'c0de']],
    ['comes and goes', ['', 'c0de', '', '', 'c0de']],
  ])('that %s under the same handle is no new connection', (_, ids) => {
    const { read, rename, totals } = connection();
    for (const [index, id] of ids.entries()) {
      rename(id);
      expect(read({ ...BUSY, crcErrors: 100 + index })).toBe(1e12);
    }
    expect(totals).toMatchObject({ ...BUSY, crcErrors: 99 + ids.length });
  });

  it('that is another one is a new connection', () => {
    const { read, rename, totals } = connection();
    read(BUSY);
    rename('beef');
    read(BUSY);
    expect(totals.bytesReceived).toBe(2_000_000);
  });

  it('that appears under a handle on which a new connection began meanwhile adds that once', () => {
    const { read, rename, totals } = connection();
    read({ ...BUSY, connectDuration: 1_000_000 });
    rename('');
    read({ bytesReceived: 5000, connectDuration: 20_000 });
    rename('beef');
    read({ bytesReceived: 6000, connectDuration: 80_000 });
    read({ bytesReceived: 7000, connectDuration: 140_000 });
    expect(totals.bytesReceived).toBe(1_007_000);
  });
});
