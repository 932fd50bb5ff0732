/**
 * The bill of materials of a release, in CycloneDX's format: what of others is in it, with hashes, so that whoever runs it can
 * find out which advisories concern it.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Arch } from './launcher.ts';
import type { ThirdParty } from './notices.ts';
import { ARCHS, NPM_CPUS, windowsModules } from './package-windows.ts';
import { uuidOf } from './uuid.ts';

const root = dirname(import.meta.dirname);

/** What `npm sbom` says of a package; the parts that are read here. */
interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
}
interface Dependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}
interface Bom {
  readonly specVersion: string;
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
}

/**
 * @param shipped what `packageWindows` returns
 * @param time of the release
 * @returns JSON text: the same for the same arguments and package-lock.json
 */
export async function sbom(version: string, shipped: readonly ThirdParty[], time: Date): Promise<string> {
  // Not --omit=dev: npm would leave out what something for development needs, too.
  const npm = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--loglevel=error'];
  const { stdout } = await promisify(execFile)('npm', npm, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  const all: Bom = JSON.parse(stdout);
  const packages = new Set(shipped.map((part) => `${part.name}@${part.version}`));
  const libraries = all.components.filter(({ name, version: of }) => packages.has(`${name}@${of}`));
  const binaries = await Promise.all(ARCHS.map((arch) => binaryComponents(all, arch)));
  const components = [...libraries, ...binaries.flat()].toSorted((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const refs = new Set([...components.map((component) => component['bom-ref']), `ras_exporter@${version}`]);
  const bom = {
    $schema: `http://cyclonedx.org/schema/bom-${all.specVersion}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion: all.specVersion,
    version: 1,
    metadata: { timestamp: time.toISOString(), lifecycles: [{ phase: 'build' }], component: product(version) },
    components,
    dependencies: all.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn = [] }) => ({
        ref,
        dependsOn: dependsOn.filter((other) => refs.has(other)).toSorted(),
      }))
      .toSorted((a, b) => (a.ref < b.ref ? -1 : 1)),
  };
  const serialNumber = `urn:uuid:${uuidOf(`sbom/${JSON.stringify(bom)}`)}`;
  return `${JSON.stringify({ serialNumber, ...bom }, undefined, 2)}\n`;
}

function product(version: string) {
  return {
    'bom-ref': `ras_exporter@${version}`,
    type: 'application',
    name: 'ras_exporter',
    version,
    licenses: [{ license: { id: 'Apache-2.0' } }],
  };
}

/** node.exe and koffi.node, as the packages of npm that they come from, and the file in each. */
async function binaryComponents(all: Bom, arch: Arch): Promise<Component[]> {
  const { node, koffi, nodeVersion } = await windowsModules(arch);
  const component = async (name: string, file: string, more: object) => {
    const found = all.components.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`npm knows no ${name}`);
    return { ...found, ...more, components: [await fileComponent(`windows-${arch}`, file)] };
  };
  return [
    // Advisories are for Node.js, not for the package that brings it.
    await component(`node-win-${NPM_CPUS[arch]}`, node, {
      type: 'platform',
      cpe: `cpe:2.3:a:nodejs:node.js:${nodeVersion}:*:*:*:*:*:*:*`,
      scope: 'required',
    }),
    await component(`@koromix/koffi-win32-${NPM_CPUS[arch]}`, koffi, { scope: 'required' }),
  ];
}

async function fileComponent(folder: string, path: string) {
  const name = path.slice(dirname(path).length + 1);
  const content = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { 'bom-ref': `${folder}/${name}`, type: 'file', name, hashes: [{ alg: 'SHA-256', content }] };
}
