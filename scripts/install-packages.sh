#!/bin/bash
# Installs the Debian packages that the test suites need and npm does not bring; only those that are missing.
set -euo pipefail

packages=(
  wine wine64 gcc libc6-dev gcc-mingw-w64-x86-64 prometheus prometheus-alertmanager openssl chromium protobuf-compiler
  buildah debootstrap clang lld llvm unzip wixl msitools
)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo 'All Debian packages are installed.'
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "Needs root to install: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

# The packages of Prometheus start servers. Only their programs are wanted: no service may start while packages are installed,
# unless this machine has a policy of its own, and none at the next boot.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet)
"${apt[@]}" update </dev/null
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" </dev/null

for service in prometheus prometheus-alertmanager; do
  if [[ " ${missing[*]} " == *" $service "* && -d /run/systemd/system ]]; then
    "${as_root[@]}" systemctl disable --now "$service.service" || true
  fi
done
