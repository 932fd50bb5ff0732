/** The files of `deploy/kubernetes`: against the schemas and types of Kubernetes, against each other, and against the exporter. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { DaemonSet, type IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap, type IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IContainer } from 'kubernetes-models/v1/Container';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { type IService, Service } from 'kubernetes-models/v1/Service';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { prometheusRule } from '../../dashboards/src/rules/kubernetes.ts';
import { rules } from '../../dashboards/src/rules/rules.ts';
import { THRESHOLDS } from '../../dashboards/src/rules/thresholds.ts';
import { checkConfig } from '../../src/commands/config-check.ts';
import { VERSION } from '../../src/version.ts';
import { startTestExporter } from '../support/exporter.ts';
import { FakeRas } from '../support/fake-ras.ts';

const root = resolve(import.meta.dirname, '../..');
const deploy = join(root, 'deploy/kubernetes');
const read = (...path: readonly string[]) => readFileSync(join(deploy, ...path), 'utf8');

/** Kind → where its type is declared, and what checks it. */
const KINDS = {
  ConfigMap: ['kubernetes-models/v1/ConfigMap', ConfigMap],
  DaemonSet: ['kubernetes-models/apps/v1/DaemonSet', DaemonSet],
  Deployment: ['kubernetes-models/apps/v1/Deployment', Deployment],
  Namespace: ['kubernetes-models/v1/Namespace', Namespace],
  PodMonitor: ['@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor', PodMonitor],
  PrometheusRule: ['@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule', PrometheusRule],
  Role: ['kubernetes-models/rbac.authorization.k8s.io/v1/Role', Role],
  RoleBinding: ['kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding', RoleBinding],
  Service: ['kubernetes-models/v1/Service', Service],
} as const;

interface Kustomization {
  readonly kind: string;
  readonly namespace?: string;
  readonly resources: readonly string[];
  readonly images?: readonly { readonly name: string; readonly newTag: string }[];
}

const folders = readdirSync(deploy);
const kustomization = (folder: string): Kustomization => parse(read(folder, 'kustomization.yaml'));
/** The resources of a folder that are files of it, and not other folders. */
const filesOf = (folder: string) => kustomization(folder).resources.filter((resource) => !resource.startsWith('../'));
const manifests = folders.flatMap((folder) => filesOf(folder).map((file) => join(folder, file)));

const daemonSet: IDaemonSet = parse(read('windows/daemonset.yaml'));
const deployment: IDeployment = parse(read('demo/deployment.yaml'));
const workloads = { 'windows/daemonset.yaml': daemonSet, 'demo/deployment.yaml': deployment };

function podOf({ spec }: IDaemonSet | IDeployment): IPodSpec {
  if (spec?.template.spec === undefined) throw new Error('a workload without pods');
  return spec.template.spec;
}

function containerOf(workload: IDaemonSet | IDeployment): IContainer {
  const [container, ...others] = podOf(workload).containers;
  if (container === undefined || others.length > 0) throw new Error('not one container');
  return container;
}

describe('the folders', () => {
  it('name all their files, which kustomize would not find otherwise', () => {
    for (const folder of folders) {
      expect(kustomization(folder).kind).toBe('Kustomization');
      expect([...filesOf(folder), 'kustomization.yaml'].toSorted()).toEqual(
        readdirSync(join(deploy, folder)).toSorted(),
      );
    }
  });

  it('give the image of each workload a tag of this version', () => {
    for (const [file, workload] of Object.entries(workloads)) {
      const { images } = kustomization(file.split('/')[0] ?? '');
      expect(images).toHaveLength(1);
      expect(images?.[0]?.name).toBe(containerOf(workload).image);
      expect(images?.[0]?.newTag).toMatch(new RegExp(`^${VERSION.replaceAll('.', '\\.')}-(windows|demo)$`));
    }
  });
});

describe('the manifests', () => {
  it.each(manifests)('%s fits the schema of its kind', (file) => {
    expectToFit(read(file));
  });

  it('of docs/containers.md fit them, too', () => {
    expect(documented().map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding', 'PodMonitor']);
    for (const manifest of documented()) expectToFit(JSON.stringify(manifest));
  });

  // The schemas let keys pass that nobody knows; the types do not.
  describe('as texts of TypeScript', { timeout: 60_000 }, () => {
    const inside = join(root, 'build');
    mkdirSync(inside, { recursive: true });
    // Inside the project, where the types are found.
    const folder = mkdtempSync(join(inside, 'kubernetes-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    /** What tsc finds wrong. */
    async function typeErrors(found: readonly Manifest[]): Promise<string> {
      const texts = found.map((manifest, index) => {
        const [module] = KINDS[manifest.kind];
        const type = `import('${module}').I${manifest.kind}`;
        return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};\n`;
      });
      writeFileSync(join(folder, 'manifests.ts'), texts.join(''));
      const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, module: 'nodenext', types: [] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['manifests.ts'] }));
      const tsc = join(root, 'node_modules/.bin/tsc');
      return promisify(execFile)(tsc, ['--project', folder]).then(
        () => '',
        (error: { readonly stdout: string }) => error.stdout,
      );
    }

    it('have no key that their kinds do not have', async () => {
      const files = manifests.map((file): Manifest => parse(read(file)));
      expect(await typeErrors([...files, ...documented()])).toBe('');
    });

    it('would be found out', async () => {
      const wrong: Manifest = parse(read('windows/daemonset.yaml').replace('hostNetwork:', 'hostNetwerk:'));
      expect(await typeErrors([wrong])).toContain('hostNetwerk');
    });
  });

  it.each(Object.entries(workloads))('%s selects its own pods', (_, { spec }) => {
    expect(spec?.template.metadata?.labels).toMatchObject(spec?.selector.matchLabels ?? {});
  });

  it.each(Object.entries(workloads))('%s asks for paths that answer, at a port that is there', async (_, workload) => {
    const { exporter, get } = await startTestExporter(new FakeRas());
    const container = containerOf(workload);
    expect(container.ports).toEqual([{ name: 'metrics', containerPort: 10600 }]);
    for (const probe of [container.livenessProbe, container.readinessProbe]) {
      expect(probe?.httpGet?.port).toBe('metrics');
      expect((await get(probe?.httpGet?.path ?? '')).status).toBe(200);
    }
    await exporter.stop(0);
  });

  it('leave a stop the time that the exporter takes at most', () => {
    for (const workload of Object.values(workloads))
      expect(podOf(workload).terminationGracePeriodSeconds).toBeGreaterThan(5);
  });
});

interface Manifest {
  readonly kind: keyof typeof KINDS;
}

function expectToFit(text: string): void {
  const manifest = parse(text);
  const kind: keyof typeof KINDS = manifest.kind;
  const [, Model] = KINDS[kind];
  expect(() => new Model(manifest).validate()).not.toThrow();
}

/** The manifests in docs/containers.md, and the PodMonitor with the endpoint that is shown there. */
function documented(): readonly Manifest[] {
  const page = readFileSync(join(root, 'docs/containers.md'), 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n(?<content>[\s\S]*?)^```$/gm)].map(({ groups }) => groups?.content ?? '');
  const [rights = '', endpoint = ''] = blocks;
  const monitor: Monitor & Manifest = parse(read('prometheus-operator/podmonitor.yaml'));
  const secured: Manifest & Monitor = { ...monitor, spec: { ...monitor.spec, ...parse(endpoint) } };
  return [...parseAllDocuments(rights).map((document): Manifest => document.toJS()), secured];
}

describe('the daemon set', () => {
  it('runs as a process of the node, as the system, on Windows nodes only', () => {
    const pod = podOf(daemonSet);
    expect(pod.securityContext?.windowsOptions).toEqual({ hostProcess: true, runAsUserName: 'NT AUTHORITY\\system' });
    expect(pod.hostNetwork).toBe(true);
    expect(pod.nodeSelector).toEqual({ 'kubernetes.io/os': 'windows' });
    expect(pod.os).toEqual({ name: 'windows' });
    // Host processes are forbidden in a namespace that does not say so.
    const namespace: { metadata: { name: string; labels: Record<string, string> } } = parse(
      read('windows/namespace.yaml'),
    );
    expect(namespace.metadata.labels['pod-security.kubernetes.io/enforce']).toBe('privileged');
    expect(daemonSet.metadata?.namespace).toBe(namespace.metadata.name);
  });

  it('has its configuration where its flag says, and one that the exporter takes', async () => {
    const configMap: IConfigMap = parse(read('windows/configmap.yaml'));
    const [volume] = podOf(daemonSet).volumes ?? [];
    const { args, volumeMounts } = containerOf(daemonSet);
    expect(volume?.configMap?.name).toBe(configMap.metadata?.name);
    expect(volumeMounts).toEqual([{ name: volume?.name, mountPath: '/config', readOnly: true }]);
    expect(args).toEqual(['--config.file=%CONTAINER_SANDBOX_MOUNT_POINT%/config/config.yml']);
    const folder = mkdtempSync(join(tmpdir(), 'ras-kubernetes-'));
    const file = join(folder, 'config.yml');
    writeFileSync(file, configMap.data?.['config.yml'] ?? '');
    const source = { flags: {}, environment: {} };
    expect(await checkConfig(file, source)).toContain(`${file} can be used`);
    rmSync(folder, { recursive: true });
  });
});

describe('the demo', () => {
  it('needs no rights at all, and is who its image says', () => {
    const { spec }: IDeployment = deployment;
    expect(spec?.template.spec?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10600 });
    expect(containerOf(deployment).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain('\nUSER 10600:10600\n');
  });

  it('is reached through a service', () => {
    const service: IService = parse(read('demo/service.yaml'));
    expect(deployment.spec?.template.metadata?.labels).toMatchObject(service.spec?.selector ?? {});
    expect(service.spec?.ports).toEqual([{ name: 'metrics', port: 10600, targetPort: 'metrics' }]);
  });

  it('has a namespace of its own, in which the PodMonitor finds it', () => {
    const namespace: { metadata: { name: string } } = parse(read('demo/namespace.yaml'));
    const { name } = namespace.metadata;
    expect(deployment.metadata?.namespace).toBe(name);
    const service: IService = parse(read('demo/service.yaml'));
    expect(service.metadata?.namespace).toBe(name);
    expect(kustomization('demo-prometheus-operator')).toMatchObject({
      namespace: name,
      resources: ['../prometheus-operator'],
    });
    const monitor: Monitor = parse(read('prometheus-operator/podmonitor.yaml'));
    // Without this it looks where it is itself.
    expect(monitor.spec).not.toHaveProperty('namespaceSelector');
    expect(deployment.spec?.template.metadata?.labels).toMatchObject(monitor.spec.selector.matchLabels);
    expect(containerOf(deployment).ports?.map(({ name: port }) => port)).toContain(
      monitor.spec.podMetricsEndpoints[0]?.port,
    );
  });
});

describe('for the Prometheus Operator', () => {
  it('the pods of the daemon set are scraped, under the job that the alerts look for', () => {
    const monitor: Monitor = parse(read('prometheus-operator/podmonitor.yaml'));
    expect(daemonSet.spec?.template.metadata?.labels).toMatchObject(monitor.spec.selector.matchLabels);
    expect(monitor.metadata.namespace).toBe(daemonSet.metadata?.namespace);
    const [endpoint] = monitor.spec.podMetricsEndpoints;
    expect(containerOf(daemonSet).ports?.map(({ name }) => name)).toContain(endpoint?.port);
    const [job] = THRESHOLDS.jobs.split('|');
    expect(endpoint?.relabelings).toContainEqual({ targetLabel: 'job', replacement: job });
  });

  it('the rules are those of the source (npm run rules)', () => {
    expect(read('prometheus-operator/prometheusrule.yaml')).toBe(prometheusRule(rules()));
  });
});

interface Monitor {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly podMetricsEndpoints: readonly { readonly port: string; readonly relabelings: readonly unknown[] }[];
  };
}
