/** What holds for every scenario at every time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RAS_FUNCTIONS } from '../../../src/ras/api.ts';
import { parseScenario } from '../../../src/ras/simulated/parse.ts';
import { ScenarioError } from '../../../src/ras/simulated/scenario.ts';
import { createSimulatedApi } from '../../../src/ras/simulated/simulated.ts';
import { CONNECTION_STATES, RASCONNSTATE } from '../../../src/ras/states.ts';
import { PATIENT, sayAll } from './support.ts';

/** YAML is a superset of JSON: scenarios are made as values, and read as a file would be. */
const step = fc
  .record({
    state: fc.constantFrom(...CONNECTION_STATES, ...Object.keys(RASCONNSTATE)),
    for: fc.integer({ min: 1, max: 90_000 }).map((milliseconds) => `${milliseconds}ms`),
  })
  .map((fields) => (fields.state === 'failed' ? { ...fields, error: 809 } : fields));

const entry = fc.record(
  {
    // Few names: many entries share theirs. Some are not well-formed.
    name: fc.oneof(
      fc.constantFrom('A', 'a', 'B\ud800', 'B\ud801'),
      fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
    ),
    phonebook: fc.constantFrom('all_users', 'alice', 'none'),
    owner: fc.constantFrom('self', 'other', 'unknown'),
    timeline: fc.array(step, { minLength: 1, maxLength: 5 }),
  },
  { requiredKeys: ['name'] },
);

const scenario = fc
  .record({ entries: fc.array(entry, { maxLength: 8 }), phonebooks: fc.constant({ alice: 'C:\\alice.pbk' }) })
  .filter(({ entries }) => entries.every(({ name }) => !name.includes('\0')))
  .map((value) => parseScenario(JSON.stringify(value), 'generated.yaml'));

const times = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 12 });

describe('any scenario at any time', () => {
  it('has unique handles, other than 0, with a status for each, and unique dials', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, times, async (played, moments) => {
        const clock = { now: 0 };
        const api = createSimulatedApi({ scenario: played, clock: () => clock.now });
        for (const moment of moments) {
          clock.now = moment;
          const { connections } = await sayAll(api);
          expect(new Set(connections.map(({ handle }) => handle)).size).toBe(connections.length);
          expect(new Set(connections.map(({ correlationId }) => correlationId)).size).toBe(connections.length);
          for (const { handle, status } of connections) {
            expect(handle).not.toBe(0n);
            expect(status).toBeDefined();
          }
        }
        expect(api.calls.errors.size).toBe(0);
        expect(api.hanging).toBe(false);
      }),
    );
  });

  it('never gives the handle of an earlier dial again', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, times, async (played, moments) => {
        const clock = { now: 0 };
        const api = createSimulatedApi({ scenario: played, clock: () => clock.now });
        const dialOf = new Map<bigint, string>();
        let newest = new Map<bigint, bigint>();
        for (const moment of moments.toSorted((a, b) => a - b)) {
          clock.now = moment;
          const seen = new Map(newest);
          for (const { handle, correlationId } of await api.enumConnections(PATIENT)) {
            expect(dialOf.get(handle) ?? correlationId).toBe(correlationId);
            dialOf.set(handle, correlationId);
            const slot = handle & 0xffffn;
            expect(handle).toBeGreaterThanOrEqual(newest.get(slot) ?? 0n);
            seen.set(slot, handle);
          }
          newest = seen;
        }
      }),
    );
  });

  it('depends on nothing but the time: not on what was asked before', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, times, async (played, moments) => {
        const clock = { now: 0 };
        const asked = createSimulatedApi({ scenario: played, clock: () => clock.now });
        for (const moment of moments) {
          clock.now = 0;
          const fresh = createSimulatedApi({ scenario: played, clock: () => clock.now });
          clock.now = moment;
          expect(await sayAll(asked)).toEqual(await sayAll(fresh));
        }
      }),
    );
  });
});

describe('any text', () => {
  it('is a scenario or a ScenarioError of one line', () => {
    const keys = fc.constantFrom('entries', 'name', 'timeline', 'state', 'for', 'api', 'function', 'phonebooks', '<<');
    const leaf = fc.oneof(
      fc.constantFrom('connected', '3s', ...RAS_FUNCTIONS),
      fc.integer(),
      fc.boolean(),
      fc.string(),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            'entries:',
            ' ',
            '\n',
            '- ',
            '[',
            ']',
            '{',
            '}',
            '&a',
            '*a',
            '!t',
            '"',
            "'",
            '|',
            '>',
            ': ',
            '#',
          ),
        )
        .map((parts) => parts.join('')),
      value.map((made) => JSON.stringify(made)),
      fc.record({ entries: value, api: value }).map((made) => JSON.stringify(made)),
    );
    fc.assert(
      fc.property(text, (yaml) => {
        try {
          parseScenario(yaml, 'any.yaml');
        } catch (error) {
          expect(error).toBeInstanceOf(ScenarioError);
          expect(String(error)).toMatch(/^ScenarioError: any\.yaml:\d+: .+$/u);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
