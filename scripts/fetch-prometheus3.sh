#!/bin/bash
# Puts Prometheus 3 (prometheus, promtool) of Debian unstable into build/prometheus3, for the rule tests, which have to pass under
# 2.42 and 3 alike. Nothing is installed: apt runs with lists and a status file of its own, and the packages are only unpacked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=build/prometheus3
mkdir -p build
# Several test files may want it at the same time.
exec 9>"$target.lock"
flock 9
[[ ! -x $target/promtool ]] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,parts}
touch "$work/status"
# The machine's own mirror and keys.
sed -e 's/^Suites:.*/Suites: sid/' /etc/apt/sources.list.d/debian.sources |
  awk 'BEGIN { RS = ""; ORS = "\n\n" } !/security/' >"$work/debian.sources"
cat >"$work/apt.conf" <<CONF
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$work/parts";
Dir::State::Lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
APT::Sandbox::User "";
CONF
mv "$work/debian.sources" "$work/parts/"
export APT_CONFIG=$work/apt.conf
apt-get --quiet --quiet update
(cd "$work" && apt-get --quiet --quiet download prometheus promtool)
for package in "$work"/*.deb; do dpkg-deb --extract "$package" "$work/unpacked"; done
rm -rf "$target.draft" "$target"
mkdir "$target.draft"
mv "$work"/unpacked/usr/bin/{prometheus,promtool} "$target.draft/"
mv "$target.draft" "$target"
"$target/promtool" --version
