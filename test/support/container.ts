/**
 * Images built from the Dockerfile by buildah, and containers of them, without Docker and without a registry of images: the
 * base is made by debootstrap from the mirror that this machine has.
 *
 * A container here is what matters of one: its files read-only, its user, its environment, process 1 of its own, but the network
 * of the machine.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce } from '../../scripts/build-once.ts';
import { type Program, startProgram } from './program.ts';

const root = resolve(import.meta.dirname, '../..');
const BASE = 'localhost/ras-exporter-base';
const EMPTY = 'localhost/ras-exporter-empty';

/** What the image of Node.js that the Dockerfile names has. */
const NPM = 'npm@10.9.4';

const BUILD_TIMEOUT_MS = 280_000;

/** What an image says about itself, as Docker writes it. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly StopSignal: string;
  readonly Healthcheck: { readonly Test: readonly string[] };
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
}

/** An image, unpacked. */
export interface Image {
  readonly config: ImageConfig;
  /** The operating system it is for. */
  readonly os: string;
  /** The folder with its files. */
  readonly files: string;
}

async function run(file: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, {
    cwd: root,
    timeout: BUILD_TIMEOUT_MS,
    maxBuffer: 2 ** 24,
  });
  return stdout.trim();
}

/** The images of buildah in a folder; containers and mounts lie beside them. */
class Store {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  buildah(command: string, ...args: readonly string[]): Promise<string> {
    const store = ['--root', join(this.#folder, 'images'), '--runroot', join(this.#folder, 'run')];
    return run('buildah', [...store, '--storage-driver', 'vfs', command, ...args]);
  }

  /** Makes an image of a folder. */
  async import(name: string, os: 'linux' | 'windows', files: string): Promise<void> {
    const container = await this.buildah('from', 'scratch');
    await this.buildah('config', '--os', os, container);
    await this.buildah('add', '--quiet', container, files, '/');
    await this.buildah('commit', '--quiet', '--rm', container, name);
  }
}

/** The store with the base images, which is made once: half a minute, and a hundred megabytes to fetch. */
async function openStore(): Promise<Store> {
  const [mirror = '', suite = ''] = (await run('apt-get', APT_SOURCES)).split('\n')[0]?.split(' ') ?? [];
  const hash = createHash('sha256').update(JSON.stringify([suite, NPM, process.version, process.arch]));
  const folder = join(root, 'build/containers', hash.digest('hex').slice(0, 16));
  await buildOnce(folder, async (draft) => {
    const files = join(draft, 'base');
    await mkdir(files, { recursive: true });
    await run('debootstrap', ['--variant=minbase', suite, files, mirror]);
    await run('npm', ['install', '--global', '--prefix', join(files, 'usr/local'), NPM]);
    await copyFile(process.execPath, join(files, 'usr/local/bin/node'));
    const store = new Store(draft);
    await store.import(BASE, 'linux', files);
    await rm(files, { recursive: true });
    await mkdir(files);
    await store.import(EMPTY, 'windows', files);
    await rm(files, { recursive: true });
  });
  return new Store(folder);
}

/** Asks apt for the mirror and the name of the release, wherever they are configured. */
const APT_SOURCES = ['indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages'];

/** Images of one test file. */
export class Images {
  readonly #folder: string;
  readonly #store: Promise<Store>;
  readonly #containers: string[] = [];

  /** @param folder for what a build is given, and must not get into an image */
  constructor(folder: string) {
    this.#folder = folder;
    this.#store = openStore();
  }

  /**
   * Builds a target of the Dockerfile.
   *
   * @param flags further flags of `buildah build`
   */
  async build(target: string, ...flags: readonly string[]): Promise<Image> {
    const store = await this.#store;
    const base = ['--build-arg', `BUILD_IMAGE=${BASE}`, '--build-arg', `WINDOWS_IMAGE=${EMPTY}`];
    const how = ['--isolation', 'chroot', '--format', 'docker', '--quiet'];
    const id = await store.buildah(
      'build',
      ...how,
      '--target',
      target,
      ...base,
      ...(await this.#npm()),
      ...flags,
      root,
    );
    const container = await store.buildah('from', id);
    this.#containers.push(container);
    const about: Inspected = JSON.parse(await store.buildah('inspect', '--type', 'image', id));
    return { config: about.Docker.config, os: about.OCIv1.os, files: await store.buildah('mount', container) };
  }

  /** Removes what was built, but not the base. */
  async close(): Promise<void> {
    const store = await this.#store;
    for (const container of this.#containers) {
      const about: { readonly FromImageID: string } = JSON.parse(await store.buildah('inspect', container));
      await store.buildah('rm', container);
      await store.buildah('rmi', about.FromImageID);
    }
  }

  /** Lets npm in a build reach what it reaches here: settings as a secret, certificates and what was fetched before as volumes. */
  async #npm(): Promise<readonly string[]> {
    const setting = (key: string) => run('npm', ['config', 'get', key]);
    const files = await Promise.all([setting('globalconfig'), setting('userconfig')]);
    const settings = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
    const cafile = await setting('cafile');
    const certificates = ['null', ''].includes(cafile) ? process.env.NODE_EXTRA_CA_CERTS : cafile;
    const volumes = ['--volume', `${await setting('cache')}:/root/.npm`];
    if (certificates !== undefined) {
      volumes.push('--volume', `${certificates}:/run/ca.crt:ro`);
      settings.push('cafile=/run/ca.crt');
    }
    const npmrc = join(this.#folder, 'npmrc');
    await writeFile(npmrc, settings.join('\n'));
    return [...volumes, '--secret', `id=npmrc,src=${npmrc}`];
  }
}

interface Inspected {
  readonly Docker: { readonly config: ImageConfig };
  readonly OCIv1: { readonly os: string };
}

/** `$1`: files of the image, `$2`: user; then the command. */
const CONTAINER = `
set -eu
files=$1 user=$2
shift 2
mkdir -p "$files/proc" "$files/dev"
mount --bind "$files" "$files"
mount -t proc proc "$files/proc"
mount -t tmpfs tmpfs "$files/dev"
touch "$files/dev/null" "$files/dev/urandom"
mount --bind /dev/null "$files/dev/null"
mount --bind /dev/urandom "$files/dev/urandom"
mount -o remount,bind,ro "$files"
exec chroot --userspec="$user" "$files" "$@"
`;

/** Starts a command in a container of an image: its entry point, unless told otherwise. */
export function startContainer(
  { config, files }: Image,
  env: Readonly<Record<string, string>>,
  command: readonly string[] = config.Entrypoint,
): Program {
  const own = Object.fromEntries(config.Env.map((variable) => variable.split(/=(.*)/s, 2)));
  const namespaces = ['--mount', '--pid', '--fork'];
  const container = ['sh', '-c', CONTAINER, 'container', files, config.User, ...command];
  // A group of its own, which is killed as a whole: `unshare` would leave the container behind.
  return startProgram('unshare', [...namespaces, ...container], { env: { ...own, ...env }, detached: true });
}

/** The process of the machine that is process 1 of a container, once it runs what was asked for. */
export async function processOf(container: Program): Promise<number> {
  const children = await readFile(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8');
  return Number(children.trim());
}
