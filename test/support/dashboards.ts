/** The dashboards as Grafana imports them, and what Grafana would put into their queries. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../dashboards');

export interface DataSource {
  readonly type: string;
  readonly uid: string;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  /** Asked about the end of the time range only. */
  readonly instant?: boolean;
  readonly datasource?: DataSource;
}

export interface Link {
  readonly title: string;
  readonly url: string;
}

export interface FieldProperty {
  readonly id: string;
  readonly value?: unknown;
}

export interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly FieldProperty[];
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: DataSource;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly transformations?: readonly { readonly id: string; readonly options: unknown }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly mappings?: readonly unknown[];
      readonly links?: readonly Link[];
    };
    readonly overrides: readonly Override[];
  };
}

export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly label?: string;
  readonly query: string;
  readonly datasource?: DataSource;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
}

export interface Annotation {
  readonly name: string;
  readonly expr: string;
  readonly datasource: DataSource;
  readonly useValueForTime: boolean;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly links: readonly Readonly<Record<string, unknown>>[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list?: readonly Annotation[] };
  readonly panels: readonly Panel[];
}

/** All of them, by file name. */
export function readDashboards(): ReadonlyMap<string, Dashboard> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(
    names.map((name) => {
      const dashboard: Dashboard = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return [name, dashboard];
    }),
  );
}

/** The text of a file in `dashboards`. */
export function readDashboardFile(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** One query, and where it stands. */
export interface Query {
  /** `RAS / Fleet: Machines: A` */
  readonly name: string;
  readonly panel: string;
  readonly expr: string;
  /** Asked about the end of the time range only. */
  readonly instant: boolean;
}

/** Every query of a dashboard: of its panels, and of its annotations. */
export function queriesOf({ title, panels, annotations }: Dashboard): readonly Query[] {
  const ofPanels = panels.flatMap((panel) =>
    (panel.targets ?? []).map(({ refId, expr, instant = false }) => ({
      name: `${title}: ${panel.title}: ${refId}`,
      panel: panel.title,
      expr,
      instant,
    })),
  );
  const ofAnnotations = (annotations.list ?? []).map(({ name, expr }) => ({
    name: `${title}: annotation ${name}`,
    panel: name,
    expr,
    instant: false,
  }));
  return [...ofPanels, ...ofAnnotations];
}

/** Replaces variables as Grafana does; those that are not given are chosen as All. */
export function filledIn(expr: string, values: Readonly<Record<string, string>> = {}): string {
  return expr.replaceAll(/\$(?<name>\w+)/g, (...match) => {
    const { name = '' }: Readonly<Record<string, string | undefined>> = match.at(-1);
    return values[name] ?? (name.startsWith('__') ? '1m' : '.+');
  });
}
