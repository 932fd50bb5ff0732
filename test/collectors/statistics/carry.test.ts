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
  const key = { handle: 1n, correlationId };
  let minutes = 0;
  return {
    totals: history.totals,
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
    read(received(4.875 * GIB));
    expect(totals.bytesReceived).toBe(4.875 * GIB);
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
    expect(totals).toMatchObject({ bytesReceived: 830_000, framesReceived: 830 });
    read(received(50_000));
    expect(totals.bytesReceived).toBe(850_000);
  });

  it('has not wrapped, even where it was about to', () => {
    const { read, totals } = connection();
    read(received(4_294_967_000));
    read(received(3000));
    expect(totals.bytesReceived).toBe(4_294_970_000);
  });

  it('is the same connection when its duration begins anew, too', () => {
    const { read, totals } = connection();
    const established = read(received(2000));
    expect(read({ ...received(1900), connectDuration: 30_000 })).toBe(established);
    expect(totals.bytesReceived).toBe(3900);
  });
});

describe('a new connection', () => {
  it('on a handle that was used before, without ids, is told by its duration', () => {
    const { read, totals } = connection('');
    read({ ...received(5000), connectDuration: 600_000 });
    const established = read({ ...received(9000), connectDuration: 20_000 });
    expect(totals.bytesReceived).toBe(14_000);
    expect(established).toBe(1e12 + 2 * MINUTE - 20_000);
  });

  it('that was away meanwhile, without ids, is told by a duration that is too short', () => {
    const { read, miss, totals } = connection('');
    read({ ...received(5000), connectDuration: 1000 });
    miss();
    read({ ...received(9000), connectDuration: 30_000 });
    expect(totals.bytesReceived).toBe(14_000);
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
