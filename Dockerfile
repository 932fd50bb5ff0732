# Two images (docs/containers.md): `demo` plays a scenario on Linux, `windows` is for HostProcess containers of Kubernetes.
#
#     docker build --target demo --tag ras_exporter:demo .
#     docker buildx build --target windows --platform windows/amd64 --tag registry.example.com/ras_exporter:windows --push .
#
# `--build-arg REVISION=$(git rev-parse --short HEAD)` says what they are built from. Whoever has a registry of their own for npm
# gives it as a secret, which does not get into an image: `--secret id=npmrc,src=$HOME/.npmrc`.

# For building: it brings npm. The Node.js that goes into the images is the one of package-lock.json.
ARG BUILD_IMAGE=docker.io/library/node:22.23.3-bookworm-slim
ARG WINDOWS_IMAGE=mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image:v1.0.0

FROM ${BUILD_IMAGE} AS bundle
WORKDIR /source
COPY .npmrc package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts
# What V8 has compiled is for the Node.js that compiled it, and npm 10 does not put this one where npm scripts look.
RUN cd node_modules/.bin && ln -sf ../node-linux-*/bin/node node
COPY . .
ARG REVISION=unknown
RUN npm run bundle
# All that the image has: the bundle, Node.js with the libraries that it is linked with, and how hosts and users are looked up.
RUN set -eu; \
    node=$(readlink -f node_modules/.bin/node); \
    mkdir -p /image/app /image/etc /image/usr/local/bin; \
    cp build/ras_exporter.cjs build/app.js build/app.cache build/otlp.cjs build/otlp-grpc.cjs build/koffi.node LICENSE /image/app/; \
    cp node_modules/node-linux-*/LICENSE /image/app/LICENSE-node; \
    cp -r scenarios /image/scenarios; \
    cp "$node" /image/usr/local/bin/node; \
    ldd "$node" | grep -o '/[^ ]*' | xargs cp --parents --dereference --target-directory=/image; \
    echo 'hosts: files dns' >/image/etc/nsswitch.conf; \
    echo 'ras_exporter:x:10600:10600::/:/nonexistent' >/image/etc/passwd; \
    echo 'ras_exporter:x:10600:' >/image/etc/group

FROM scratch AS demo
ARG REVISION=unknown
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="ras_exporter (demo)" \
      org.opencontainers.image.description="Prometheus exporter for Windows Remote Access, playing a scenario: not the connections of a machine" \
      org.opencontainers.image.source="https://github.com/ras-exporter/ras_exporter" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=bundle /image /
ENV RAS_EXPORTER_RAS_API=simulated \
    RAS_EXPORTER_SIMULATION_SCENARIO=/scenarios/demo.yaml
USER 10600:10600
EXPOSE 10600
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/local/bin/node", "/app/ras_exporter.cjs", "health"]
ENTRYPOINT ["/usr/local/bin/node", "/app/ras_exporter.cjs"]

# Runs where the image is built, whatever it is built for.
FROM --platform=${BUILDPLATFORM} ${BUILD_IMAGE} AS windows-package
# What makes ras_exporter.exe. Wine, which would record app.cache, is left out: the exporter starts a little slower without.
RUN apt-get update && \
    apt-get install --yes --no-install-recommends clang lld llvm gcc-mingw-w64-x86-64 && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY .npmrc package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --ignore-scripts
RUN cd node_modules/.bin && ln -sf ../node-linux-*/bin/node node
COPY . .
ARG REVISION=unknown
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm run package:windows && \
    test -f release/windows-amd64/ras_exporter.exe

# Nothing runs in this stage: it is for Windows, and built on Linux.
FROM --platform=windows/amd64 ${WINDOWS_IMAGE} AS windows
ARG REVISION=unknown
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="ras_exporter" \
      org.opencontainers.image.description="Prometheus exporter for Windows Remote Access: VPN, dial-up and PPPoE connections" \
      org.opencontainers.image.source="https://github.com/ras-exporter/ras_exporter" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=windows-package /source/release/windows-amd64 /ras_exporter
# What the service has, too (docs/service.md): threads enough for calls that hang, and none of the machine's options for Node.js.
ENV UV_THREADPOOL_SIZE=8 \
    NODE_OPTIONS= \
    OPENSSL_CONF= \
    NODE_COMPILE_CACHE= \
    NODE_ICU_DATA= \
    NODE_PATH= \
    NODE_REDIRECT_WARNINGS= \
    NODE_TLS_REJECT_UNAUTHORIZED= \
    NODE_V8_COVERAGE=
EXPOSE 10600
# The container runtime puts the folder here in which the files of the image are on the node.
ENTRYPOINT ["%CONTAINER_SANDBOX_MOUNT_POINT%\\ras_exporter\\node.exe", "%CONTAINER_SANDBOX_MOUNT_POINT%\\ras_exporter\\ras_exporter.cjs"]
