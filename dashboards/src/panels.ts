/** The kinds of panels, each with the looks that all dashboards give it. */
import { PanelBuilder as BarGaugePanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  SpecialValueMatch,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatPanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelinePanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesPanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATA_SOURCE } from './project.ts';

/** What every panel says. */
export interface PanelBasics {
  readonly title: string;
  /** What is shown, where it comes from, and what to make of it; sentences. */
  readonly description: string;
  /** One of Grafana's units. */
  readonly unit: string;
  /** Of the 24 columns of a dashboard. */
  readonly span: number;
  /** In rows of the grid; the kinds have their own. */
  readonly height?: number;
}

/** What a panel of large numbers says beside. */
export interface NumberBasics extends PanelBasics {
  /** What it says instead of a number, when there is none. */
  readonly nothing: string;
  readonly words?: readonly ValueMapping[];
}

export interface TableBasics extends PanelBasics {
  /** What it says when there is no row. */
  readonly nothing: string;
}

/** Grafana would give what is said instead of a number the colour of the lowest ones, be it green or red. */
const NO_NUMBER: ValueMapping = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.Null, result: { color: 'text' } },
};

/** What the builders of all kinds of panels have in common. */
interface AnyPanelBuilder {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  span(columns: number): this;
  height(rows: number): this;
  datasource(source: typeof DATA_SOURCE): this;
  withTarget(query: DataqueryBuilder): this;
}

type Queries = readonly DataqueryBuilder[];

/** Least width of the steps in which single events are counted: each is drawn once, not in every window that it is in. */
const EVENT_STEP = '5m';

/** Numbers in large print. */
export function stat(basics: NumberBasics, ...queries: Queries): StatPanelBuilder {
  return filled(new StatPanelBuilder(), basics, 4, queries)
    .noValue(basics.nothing)
    .mappings([...(basics.words ?? []), NO_NUMBER])
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .textMode(BigValueTextMode.Auto)
    .reduceOptions(last());
}

/** Lines over time. */
export function lines(basics: PanelBasics, ...queries: Queries): TimeseriesPanelBuilder {
  return overTimePanel(basics, queries)
    .lineWidth(1)
    .fillOpacity(5)
    .showPoints(VisibilityMode.Never)
    .noValue('Nothing in this time range');
}

/** Stacked bars over time, for what is counted. */
export function bars(basics: PanelBasics, ...queries: Queries): TimeseriesPanelBuilder {
  return (
    overTimePanel(basics, queries)
      .drawStyle(GraphDrawStyle.Bars)
      // One error has one colour, wherever it shows.
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
      .lineWidth(1)
      .fillOpacity(70)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
      .interval(EVENT_STEP)
      .min(0)
      .noValue('None in this time range')
  );
}

/** Points over time, for what is measured only now and then. */
export function points(basics: PanelBasics, ...queries: Queries): TimeseriesPanelBuilder {
  return overTimePanel(basics, queries)
    .drawStyle(GraphDrawStyle.Points)
    .showPoints(VisibilityMode.Always)
    .pointSize(6)
    .interval(EVENT_STEP)
    .min(0)
    .noValue('None in this time range');
}

/** Which state when; values need words. */
export function stateTimeline(basics: PanelBasics, ...queries: Queries): StateTimelinePanelBuilder {
  return filled(new StateTimelinePanelBuilder(), basics, 6, queries)
    .mergeValues(true)
    .noValue('Unknown in this time range')
    .showValue(VisibilityMode.Auto)
    .lineWidth(0)
    .fillOpacity(80)
    .rowHeight(0.85)
    .perPage(20)
    .legend(legend())
    .tooltip(tooltip(TooltipDisplayMode.Single, SortOrder.None));
}

/** Bars side by side, one for each series, as things are now. */
export function comparison(basics: NumberBasics, ...queries: Queries): BarGaugePanelBuilder {
  return filled(new BarGaugePanelBuilder(), basics, 8, queries)
    .noValue(basics.nothing)
    .mappings([...(basics.words ?? []), NO_NUMBER])
    .displayMode(BarGaugeDisplayMode.Basic)
    .orientation(VizOrientation.Horizontal)
    .showUnfilled(true)
    .text(new VizTextDisplayOptionsBuilder().titleSize(12).valueSize(16))
    .reduceOptions(last());
}

/**
 * Rows, joined from one query or several by the labels that all of them have. Several must not have names of metrics any more,
 * in which their rows would differ: an aggregation takes them away.
 */
export function table(basics: TableBasics, ...queries: Queries): TablePanelBuilder {
  const panel = filled(new TablePanelBuilder(), basics, 8, queries).showHeader(true).noValue(basics.nothing);
  return queries.length > 1 ? panel.withTransformation({ id: 'merge', options: {} }) : panel;
}

function filled<B extends AnyPanelBuilder>(panel: B, basics: PanelBasics, height: number, queries: Queries): B {
  panel
    .title(basics.title)
    .description(basics.description)
    .unit(basics.unit)
    .span(basics.span)
    .height(basics.height ?? height)
    .datasource(DATA_SOURCE);
  for (const [index, query] of queries.entries()) panel.withTarget(query.refId(refId(index)).datasource(DATA_SOURCE));
  return panel;
}

/** By which transformations and columns (`Value #A`) know the queries of a panel. */
function refId(index: number): string {
  return String.fromCodePoint('A'.charCodeAt(0) + index);
}

function overTimePanel(basics: PanelBasics, queries: Queries): TimeseriesPanelBuilder {
  return filled(new TimeseriesPanelBuilder(), basics, 8, queries)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .legend(legend())
    .tooltip(tooltip(TooltipDisplayMode.Multi, SortOrder.Descending));
}

function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom);
}

function tooltip(mode: TooltipDisplayMode, order: SortOrder): VizTooltipOptionsBuilder {
  // oxlint-disable-next-line unicorn/no-array-sort -- not an array
  return new VizTooltipOptionsBuilder().mode(mode).sort(order);
}

function last(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().values(false).calcs(['lastNotNull']).fields('');
}
