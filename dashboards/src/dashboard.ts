/** A whole dashboard: what all of them have in common, and what the SDK leaves undone. */
import {
  type AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardsLink, documentationLink } from './links.ts';
import { TAG } from './project.ts';

/** Something that can be built. */
interface Builder<T> {
  build(): T;
}

/** Panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

export interface DashboardParts {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly annotations?: readonly AnnotationQueryBuilder[];
  readonly rows: readonly Row[];
}

/** Puts a dashboard together. */
export function dashboard({ uid, title, description, variables, annotations = [], rows }: DashboardParts): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .readonly()
    .link(dashboardsLink())
    .link(documentationLink());
  for (const variable of variables) builder.withVariable(variable);
  for (const annotation of annotations) builder.annotation(annotation);
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  const built = builder.build();
  for (const [index, panel] of (built.panels ?? []).entries()) panel.id = index + 1;
  return built;
}

/** A dashboard as Grafana imports it. */
export function jsonOf(built: Dashboard): string {
  // The SDK puts links and annotations into a menu, where nobody would see them.
  const seen = (_key: string, value: unknown) => (value === 'inControlsMenu' ? undefined : value);
  return `${JSON.stringify(built, seen, 2)}\n`;
}
