#!/usr/bin/env bash
# Fails when a package of the solution, or one that such a package brings along, has a known vulnerability: dotnet list itself ends with 0 whatever it finds.
# tools/vulnerabilities.sh [REPORT.json]   With a file: one that dotnet list package --vulnerable --include-transitive --format json wrote before.
# Needs jq, and a package feed that tells of vulnerabilities, as nuget.org does. The solution must be restored.
set -euo pipefail

report=${1:-}
if [ -z "$report" ]; then
  cd "$(dirname "$0")/.."
  report=$(mktemp)
  trap 'rm -f "$report"' EXIT
  dotnet list IoTEdgeSolution.sln package --vulnerable --include-transitive --format json > "$report"
fi

problems=$(jq -r '.problems[]? | select(.level == "error") | .text' "$report")
projects=$(jq '.projects | length' "$report")
if [ -n "$problems" ] || [ "$projects" -eq 0 ]; then
  echo "The packages could not be looked at. ${problems:-The report has no project.}" >&2
  exit 2
fi

found=$(jq -r '
  [.projects[] | .frameworks[]? | (.topLevelPackages[]?, .transitivePackages[]?)
   | . as $package | .vulnerabilities[]? | "\($package.id) \($package.resolvedVersion): \(.severity), \(.advisoryurl)"] | unique | .[]' "$report")
if [ -n "$found" ]; then
  echo "$found"
  echo "Raise the versions in Directory.Packages.props; one that comes with another package is pinned there too." >&2
  exit 1
fi

echo "No known vulnerability in the packages of $projects projects."
