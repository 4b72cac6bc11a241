#!/usr/bin/env bash
# Makes an automatic deployment of IoT Hub of each manifest in a folder: of the one at the bottom, and of the layers over it.
#
# Of deployments with one priority IoT Hub applies the one that was created last. So a new version is deployed beside the old one, under an id of its own, and
# taking it away again brings the old one back.
set -euo pipefail

usage() {
  cat >&2 <<'USAGE'
Usage: tools/deploy-layers.sh --hub NAME --suffix TEXT --manifests DIR [--only CONDITION]
       tools/deploy-layers.sh --hub NAME --suffix TEXT --remove
       tools/deploy-layers.sh --hub NAME --keep N

  --hub NAME         the IoT Hub
  --suffix TEXT      of the ids: edge-base becomes edge-base-TEXT
  --manifests DIR    expanded manifests, as genconfig writes them: JSON files with id, priority, targetCondition and content
  --only CONDITION   narrows the condition of each, like tags.ring='canary'
  --remove           takes the deployments with this suffix away
  --keep N           takes all but the last N versions of each away; at least 1

Needs the Azure CLI with its extension azure-iot, signed in, and jq. PULL_SERVER, PULL_USERNAME and PULL_PASSWORD in the environment are the credentials with which
gateways pull images; without the last two they pull without.
USAGE
  exit 2
}

refuse() {
  echo "tools/deploy-layers.sh: $1" >&2
  exit 2
}

hub='' suffix='' manifests='' only='' keep='' remove=false
while [ $# -gt 0 ]; do
  case $1 in
    --hub | --suffix | --manifests | --only | --keep)
      [ $# -ge 2 ] || refuse "$1 has no value; it must have one."
      declare "${1#--}=$2"
      shift 2
      ;;
    --remove)
      remove=true
      shift
      ;;
    *) usage ;;
  esac
done
[ -n "$hub" ] || refuse "--hub is missing; it must be the name of an IoT Hub."

# Names and creation times of the deployments whose id begins with edge-.
deployments() {
  az iot edge deployment list --hub-name "$hub" --query "[?starts_with(id, 'edge-')].{id: id, created: createdTimeUtc, labels: labels}" --output json
}

# Reads ids.
take_away() {
  while read -r id; do
    echo "Taking away $id."
    az iot edge deployment delete --hub-name "$hub" --deployment-id "$id" </dev/null
  done
}

if [ -n "$keep" ]; then
  [[ $keep =~ ^[1-9][0-9]*$ ]] || refuse "--keep is \"$keep\"; it must be a number of versions, at least 1."
  deployments | jq --raw-output --argjson keep "$keep" \
    '[.[] | select(.labels.suite)] | group_by(.labels.suite)[] | sort_by(.created) | reverse | .[$keep:][].id' | take_away
  exit
fi

[[ $suffix =~ ^[a-z0-9-]+$ ]] || refuse "--suffix is \"$suffix\"; it must be lower-case letters, digits and -."

# The highest layer goes first, so that no layer is ever left whose bottom is gone.
if $remove; then
  deployments | jq --raw-output --arg suffix "$suffix" '[.[] | select(.labels.suffix == $suffix)] | sort_by(.created) | reverse | .[].id' | take_away
  exit
fi

[ -d "$manifests" ] || refuse "--manifests is \"$manifests\"; it must be a folder with expanded manifests."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$manifests"/*.json; do
  [ -e "$file" ] || continue
  # A manifest of one gateway has no id and is not for this.
  jq --exit-status 'has("id") and has("priority") and has("targetCondition")' "$file" >/dev/null || continue
  jq --raw-output --arg file "$file" '"\(.priority)\t\($file)"' "$file"
done | sort -n >"$work/order"
[ -s "$work/order" ] || refuse "$manifests has no manifest with id, priority and targetCondition; genconfig writes them from deployments/."

while IFS=$'\t' read -r priority file; do
  name=$(jq --raw-output .id "$file")
  condition=$(jq --raw-output .targetCondition "$file")
  if [ -n "$only" ]; then condition="($condition) and ($only)"; fi
  content=$file
  options=(--layered)
  if jq --exit-status '.content.modulesContent["$edgeAgent"] | has("properties.desired")' "$file" >/dev/null; then
    options=()
    # What a pipeline does not define it hands on as it is written.
    if [ -n "${PULL_PASSWORD:-}" ] && [ "${PULL_PASSWORD:0:2}" != "\$(" ]; then
      content=$work/content.json
      (umask 077 && jq '.content.modulesContent["$edgeAgent"]["properties.desired"].runtime.settings.registryCredentials.site
        = {address: env.PULL_SERVER, username: env.PULL_USERNAME, password: env.PULL_PASSWORD}' "$file" >"$content")
    fi
  fi
  echo "Deploying $name-$suffix with priority $priority where $condition."
  az iot edge deployment create --hub-name "$hub" --deployment-id "$name-$suffix" --content "$content" --target-condition "$condition" \
    --priority "$priority" --custom-labels "suite=$name" "suffix=$suffix" "${options[@]}" --output none </dev/null
done <"$work/order"
