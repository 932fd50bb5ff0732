import { describe, expect, it } from 'vitest';
import { Remembered } from '../../../src/web/config/remembered.ts';

describe('what is remembered of passwords', () => {
  it('is the latest hundred of each kind', () => {
    const remembered = new Remembered();
    for (let index = 0; index < 1000; index += 1) {
      remembered.set(`right ${index}`, true);
      remembered.set(`wrong ${index}`, false);
    }
    expect(remembered.size).toBe(200);
    expect([899, 900, 999].map((index) => remembered.get(`right ${index}`))).toEqual([undefined, true, true]);
    expect([899, 900, 999].map((index) => remembered.get(`wrong ${index}`))).toEqual([undefined, false, false]);
  });

  it('is forgotten last when it is asked for, and not pushed out by guesses', () => {
    const remembered = new Remembered();
    remembered.set('prometheus', true);
    for (let index = 0; index < 150; index += 1) {
      remembered.set(`guess ${index}`, false);
      remembered.set(`other ${index}`, true);
      expect(remembered.get('prometheus')).toBe(true);
    }
  });
});
