#!/usr/bin/env bash
# Writes a bill of materials for each module, CycloneDX 1.6 as JSON: DIR/FilterModule.cdx.json and so on, each validated against its schema.
# tools/sbom.sh DIR
# Needs Node 20 or later with npm; the solution must be restored, since what NuGet resolved (obj/project.assets.json) is what is told.
set -euo pipefail

# cdxgen is OWASP CycloneDX's own generator. Its install scripts fetch tools for other languages and are not run.
generator=@cyclonedx/cdxgen@12.8.4

[ $# -eq 1 ] || { echo "tools/sbom.sh needs one argument: the folder to write to." >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
npm install --prefix "$tool" --ignore-scripts --no-audit --no-fund --silent "$generator"

for project in modules/*/*.csproj; do
  folder=$(dirname "$project")
  module=$(basename "$folder")
  [ -f "$folder/obj/project.assets.json" ] || { echo "$module is not restored: run dotnet restore first." >&2; exit 2; }
  file="$out/$module.cdx.json"
  (
    cd "$folder"
    node "$tool/node_modules/@cyclonedx/cdxgen/bin/cdxgen.js" -t dotnet --no-install-deps --spec-version 1.6 --validate -o "$file" . > "$tool/log" 2>&1
  ) || { cat "$tool/log" >&2; exit 1; }
  count=$(node -p "JSON.parse(require('fs').readFileSync(process.argv[1])).components.length" "$file")
  [ "$count" -gt 0 ] || { echo "The bill of $module is empty." >&2; cat "$tool/log" >&2; exit 1; }
  echo "$module: $count components"
done
