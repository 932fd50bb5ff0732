import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RAS_FUNCTIONS, type RasConnectionStatus } from '../../../src/ras/api.ts';
import { describeError } from '../../../src/ras/errors.ts';
import { BUILTIN_SCENARIO } from '../../../src/ras/simulated/builtin.ts';
import { parseScenario, readScenario } from '../../../src/ras/simulated/parse.ts';
import { API_KEYS, ENTRY_KEYS, SCENARIO_KEYS } from '../../../src/ras/simulated/read.ts';
import { EVENT_LOG_KEYS } from '../../../src/ras/simulated/read-event-log.ts';
import { NEGOTIATED_KEYS, TRAFFIC_KEYS } from '../../../src/ras/simulated/read-link.ts';
import { PHONEBOOK_KEYS } from '../../../src/ras/simulated/read-phonebooks.ts';
import { SERVICE_KEYS } from '../../../src/ras/simulated/read-services.ts';
import { STEP_KEYS } from '../../../src/ras/simulated/read-timeline.ts';
import { OWNERS, type Scenario } from '../../../src/ras/simulated/scenario.ts';
import { createSimulatedApi } from '../../../src/ras/simulated/simulated.ts';
import { CONNECTION_STATES, connectionState } from '../../../src/ras/states.ts';
import { PATIENT, sayAll } from './support.ts';

const folder = fileURLToPath(new URL('../../../scenarios/', import.meta.url));
const documentation = readFileSync(new URL('../../../docs/simulation.md', import.meta.url), 'utf8');
const files = readdirSync(folder);

/** Every status that the connections of a scenario go through. */
function statuses(scenario: Scenario): readonly Pick<RasConnectionStatus, 'state' | 'substate' | 'error'>[] {
  return scenario.entries.flatMap(({ timeline }) =>
    timeline.steps.flatMap(({ state, substate, error }) => (state === undefined ? [] : [{ state, substate, error }])),
  );
}

function open(file: string): Scenario {
  return readScenario(`${folder}${file}`);
}

describe('the scenario files', () => {
  it('are there', () => {
    expect(files).toEqual([
      'api-trouble.yaml',
      'branch-office.yaml',
      'demo.yaml',
      'failures.yaml',
      'hostile-names.yaml',
      'large.yaml',
    ]);
  });

  it.each(files)('%s is a scenario, is in the documentation, and can be played', async (file) => {
    const scenario = open(file);
    expect(scenario.description).not.toBe('');
    expect(documentation).toContain(`scenarios/${file}`);
    const { connections } = await sayAll(createSimulatedApi({ scenario, clock: () => 0 }));
    expect(connections.length).toBeGreaterThan(0);
  });

  it('failures.yaml fails in every category, and with an error that is in no table', () => {
    const errors = statuses(open('failures.yaml')).flatMap(({ error }) => (error === 0 ? [] : [describeError(error)]));
    expect([...new Set(errors.map(({ category }) => category))].toSorted()).toEqual([
      'authentication',
      'cancelled',
      'certificate',
      'configuration',
      'device',
      'network',
      'policy',
      'port',
      'protocol-negotiation',
      'remote-server',
      'resource',
      'unknown',
    ]);
    expect(errors.map(({ name }) => name)).toContain('unknown');
  });

  it('large.yaml has a thousand connections at any time', async () => {
    const clock = { now: 0 };
    const api = createSimulatedApi({ scenario: open('large.yaml'), clock: () => clock.now });
    for (; clock.now < 7_200_000; clock.now += 600_000) expect(await api.enumConnections(PATIENT)).toHaveLength(1000);
    expect(await api.enumEntries(PATIENT)).toHaveLength(1100);
  });

  it('hostile-names.yaml has what it promises', () => {
    const names = open('hostile-names.yaml').entries.map(({ name }) => name);
    expect(names.filter((name) => !name.isWellFormed())).toHaveLength(2);
    for (const part of ['"', '\\', '\n', '\r', '\u202e', '{{', '<script>', '\u{1F512}', '\u001b']) {
      expect(names.filter((name) => name.includes(part))).not.toEqual([]);
    }
    expect(Math.max(...names.map((name) => name.length))).toBe(256);
  });
});

describe('the built-in scenario', () => {
  it('shows every state that needs no person, and one connection that stays up', async () => {
    const clock = { now: 0 };
    const api = createSimulatedApi({ scenario: BUILTIN_SCENARIO, clock: () => clock.now });
    const seen = new Set<string>(['disconnected']);
    for (; clock.now < 900_000; clock.now += 1000) {
      const { connections } = await sayAll(api);
      for (const { entry, status } of connections) {
        const shown = status === undefined ? 'gone' : connectionState(status);
        seen.add(shown);
        if (entry === 'Head Office') expect(shown).toBe('connected');
      }
    }
    expect([...seen].toSorted()).toEqual(CONNECTION_STATES.filter((state) => state !== 'waiting').toSorted());
  });

  it('shows most of them at the first look', async () => {
    const { connections } = await sayAll(createSimulatedApi({ scenario: BUILTIN_SCENARIO, clock: () => 0 }));
    const shown = connections.map(({ status }) => status && connectionState(status));
    expect(new Set(shown)).toEqual(new Set(['connected', 'dormant', 'authenticating', 'failed']));
  });

  it('fails with the errors that people search for', () => {
    const errors = new Set(statuses(BUILTIN_SCENARIO).map(({ error }) => error));
    expect([...errors].toSorted((a, b) => a - b)).toEqual([0, 691, 789, 809, 829, 13801]);
  });

  it('has an entry that is never dialled', () => {
    expect(BUILTIN_SCENARIO.entries.filter(({ timeline }) => timeline.steps.length === 0)).toHaveLength(1);
  });

  it('has a trouble of the API that concerns an entry of its own', () => {
    const names = BUILTIN_SCENARIO.entries.map(({ name }) => name);
    for (const { entries } of BUILTIN_SCENARIO.api) for (const entry of entries ?? []) expect(names).toContain(entry);
    expect(BUILTIN_SCENARIO.api).toHaveLength(1);
  });
});

describe('docs/simulation.md', () => {
  const examples = [...documentation.matchAll(/^```yaml\ndescription: (.*)\n[\s\S]*?^```$/gm)].map(
    ([block, title = '']) => ({
      title,
      yaml: block.split('\n').slice(1, -1).join('\n'),
    }),
  );

  it('has examples, each with a description', () => {
    expect(examples).toHaveLength(documentation.match(/^```yaml$/gm)?.length ?? 0);
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  it.each(examples)('shows an example that is a scenario: $title', ({ yaml }) => {
    expect(parseScenario(yaml, 'example.yaml').entries).not.toEqual([]);
  });

  it('names every key and every word', () => {
    const words = [
      SCENARIO_KEYS,
      ENTRY_KEYS,
      TRAFFIC_KEYS,
      NEGOTIATED_KEYS,
      SERVICE_KEYS,
      PHONEBOOK_KEYS,
      STEP_KEYS,
      API_KEYS,
      EVENT_LOG_KEYS,
      CONNECTION_STATES,
      OWNERS,
      RAS_FUNCTIONS,
    ].flat();
    expect(words.filter((word) => !documentation.includes(`\`${word}\``))).toEqual([]);
  });
});
