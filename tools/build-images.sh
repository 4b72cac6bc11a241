#!/usr/bin/env bash
# Builds and tags the image of every module as its module.json says: repository, version, platform.
set -euo pipefail

usage() {
  cat <<'USAGE'
tools/build-images.sh [options] [-- options of the engine's build]

  --platform NAME    amd64 (default: DEFAULT_PLATFORM of .env), arm64v8, arm32v7 or amd64.debug; may be repeated
  --module NAME      only this module; may be repeated
  --engine NAME      docker (buildx), podman or buildah; default: the first that works
  --sdk true|false   with Microsoft's device SDK as a second transport (default: true); its packages are not on every feed
  --push             pushes what was built
  --dry-run          prints the commands, builds nothing
  --help

The registry is CONTAINER_REGISTRY_SERVER, of the environment or of .env. A module without the platform is left out and told.
Exit code: 0 built, 1 an image could not be built or pushed, 2 something given is wrong.
USAGE
}

fail() { echo "build-images: $*" >&2; exit 2; }

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
platforms=() modules=() engine='' sdk=true push=false dry=false

while [ $# -gt 0 ]; do
  case $1 in
    --platform | --module | --engine | --sdk)
      if [ -z "${2:-}" ]; then fail "$1 needs a value; see --help."; fi
      case $1 in
        --platform) platforms+=("$2") ;;
        --module) modules+=("$2") ;;
        --engine) engine=$2 ;;
        --sdk) sdk=$2 ;;
      esac
      shift 2 ;;
    --push) push=true; shift ;;
    --dry-run) dry=true; shift ;;
    --help | -h) usage; exit 0 ;;
    --) shift; break ;;
    *) fail "the argument is \"$1\"; it must be an option of --help." ;;
  esac
done
extra=("$@")

case $sdk in true | false) ;; *) fail "--sdk is \"$sdk\"; it must be true or false." ;; esac

# A variable of the environment, else of .env, where an empty one counts as none.
setting() {
  local value=${!1:-}
  [ -n "$value" ] || [ ! -f "$root/.env" ] || value=$(sed -n "s/^$1=//p" "$root/.env" | tail -n 1 | tr -d '\r"')
  printf '%s' "$value"
}

# Replaces each ${NAME} of a text.
expand() {
  local text=$1 name value
  while [[ $text =~ \$\{([A-Za-z_][A-Za-z0-9_]*)\} ]]; do
    name=${BASH_REMATCH[1]}
    value=$(setting "$name")
    [ -n "$value" ] || fail "\${$name} is not set; set it in the environment or in .env."
    text=${text//"\${$name}"/$value}
  done
  printf '%s' "$text"
}

# The text at a path such as image.tag.version of a JSON file; empty when there is none.
json() {
  if command -v jq >/dev/null; then
    jq -r --arg path "$2" 'getpath($path | split("/")) // empty' "$1"
  elif command -v python3 >/dev/null; then
    python3 -c '
import functools, json, sys
value = functools.reduce(lambda node, key: (node or {}).get(key), sys.argv[2].split("/"), json.load(open(sys.argv[1])))
print("" if value is None else value)' "$1" "$2"
  else
    fail "neither jq nor python3 is there to read $1."
  fi
}

works() {
  case $1 in
    docker) command -v docker >/dev/null && docker buildx version >/dev/null 2>&1 && docker info >/dev/null 2>&1 ;;
    podman | buildah) command -v "$1" >/dev/null && "$1" info >/dev/null 2>&1 ;;
    *) fail "--engine is \"$1\"; it must be docker, podman or buildah." ;;
  esac
}

if [ -z "$engine" ]; then
  for candidate in docker podman buildah; do
    if works "$candidate"; then engine=$candidate; break; fi
  done
  [ -n "$engine" ] || [ "$dry" = true ] || fail "none of docker (with buildx and a daemon), podman and buildah works here."
  engine=${engine:-docker}
elif [ "$dry" = false ]; then
  works "$engine" || fail "$engine does not work here; try \"$engine info\"."
fi

[ ${#platforms[@]} -gt 0 ] || platforms=("$(setting DEFAULT_PLATFORM)")
if [ ${#modules[@]} -eq 0 ]; then
  for file in "$root"/modules/*/module.json; do modules+=("$(basename "$(dirname "$file")")"); done
fi

oci_platform() {
  case $1 in
    amd64*) echo linux/amd64 ;;
    arm64v8*) echo linux/arm64 ;;
    arm32v7*) echo linux/arm/v7 ;;
    *) fail "--platform is \"$1\"; it must be amd64, arm64v8, arm32v7 or amd64.debug." ;;
  esac
}

run() {
  printf '+'; printf ' %q' "$@"; printf '\n'
  [ "$dry" = true ] || "$@"
}

# What the engine says an image weighs, in bytes.
size_of() {
  case $engine in
    docker | podman) "$engine" image inspect --format '{{.Size}}' "$1" ;;
    buildah) buildah images --format '{{.Size}}' "$1" ;;
  esac
}

# First everything is looked at, then built: a mistake is told at once and not after the sixth image.
plan=()
for platform in "${platforms[@]}"; do
  oci=$(oci_platform "$platform")
  for module in "${modules[@]}"; do
    description=$root/modules/$module/module.json
    [ -f "$description" ] || fail "--module is \"$module\"; it must be a folder of modules/ with a module.json."
    dockerfile=$(json "$description" "image/tag/platforms/$platform")
    if [ -z "$dockerfile" ]; then
      echo "$module has no $platform: its module.json lists no such platform."
      continue
    fi
    dockerfile=$root/modules/$module/${dockerfile#./}
    [ -f "$dockerfile" ] || fail "$description names $dockerfile, which is not there."
    repository=$(expand "$(json "$description" image/repository)")
    version=$(expand "$(json "$description" image/tag/version)")
    context=$(cd "$root/modules/$module" && cd "$(json "$description" image/contextPath)" && pwd)
    plan+=("$oci|$dockerfile|$repository:$version-$platform|$context")
  done
done
[ ${#plan[@]} -gt 0 ] || fail "nothing to build: no module has ${platforms[*]}."

built=() failed=()
for step in "${plan[@]}"; do
  IFS='|' read -r oci dockerfile tag context <<<"$step"
  arguments=(--platform "$oci" --build-arg "AzureDeviceSdk=$sdk" --file "$dockerfile" --tag "$tag" "${extra[@]}")
  case $engine in
    docker)
      # A builder of its own keeps what it built to itself unless told.
      if [ "$push" = true ]; then arguments+=(--push); else arguments+=(--load); fi
      if run docker buildx build "${arguments[@]}" "$context"; then built+=("$tag"); else failed+=("$tag"); fi
      ;;
    podman | buildah)
      # Their own format has no health check.
      if run "$engine" build --format docker "${arguments[@]}" "$context" && { [ "$push" = false ] || run "$engine" push "$tag"; }; then
        built+=("$tag")
      else
        failed+=("$tag")
      fi
      ;;
  esac
done

if [ "$dry" = false ] && { [ "$engine" != docker ] || [ "$push" = false ]; }; then
  for tag in "${built[@]}"; do printf '%-60s %s\n' "$tag" "$(size_of "$tag" | awk '/^[0-9]+$/ { printf "%.1f MB", $1 / 1e6; next } { print }')"; done
fi
if [ ${#failed[@]} -gt 0 ]; then
  echo "build-images: ${#failed[@]} of ${#plan[@]} images could not be built or pushed: ${failed[*]}." >&2
  exit 1
fi
