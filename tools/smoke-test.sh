#!/usr/bin/env bash
# Waits until every gateway that a deployment targets has applied it and runs it, and no module of theirs refuses its settings.
# Exit code 0 when all are well, 1 when the time is over or one is not, 2 when what was given is wrong.
set -euo pipefail

refuse() {
  echo "tools/smoke-test.sh: $1" >&2
  echo "Usage: tools/smoke-test.sh --hub NAME --deployment ID [--minutes N] [--every SECONDS]" >&2
  exit 2
}

hub='' deployment='' minutes=15 every=30
while [ $# -gt 0 ]; do
  case $1 in
    --hub | --deployment | --minutes | --every)
      [ $# -ge 2 ] || refuse "$1 has no value; it must have one."
      declare "${1#--}=$2"
      shift 2
      ;;
    *) refuse "$1 is not known." ;;
  esac
done
[ -n "$hub" ] || refuse "--hub is missing; it must be the name of an IoT Hub."
[ -n "$deployment" ] || refuse "--deployment is missing; it must be the id of a deployment."
[[ $minutes =~ ^[0-9]+$ ]] || refuse "--minutes is \"$minutes\"; it must be a whole number."
[[ $every =~ ^[0-9]+$ ]] || refuse "--every is \"$every\"; it must be a whole number of seconds."

# The device ids that a metric of IoT Hub finds, in one JSON array.
devices() {
  az iot edge deployment show-metric --hub-name "$hub" --deployment-id "$deployment" --metric-id "$1" --metric-type system \
    --query "result[].deviceId" --output json | jq --compact-output 'unique'
}

deadline=$((SECONDS + minutes * 60))
while true; do
  targeted=$(devices targetedCount)
  successful=$(devices reportedSuccessfulCount)
  failed=$(devices reportedFailedCount)
  rejected=$(az iot hub query --hub-name "$hub" --output json --query-command \
    "SELECT deviceId, moduleId, properties.reported.settings.errors FROM devices.modules WHERE properties.reported.settings.status = 'rejected'" |
    jq --compact-output --argjson targeted "$targeted" '[.[] | select(.deviceId as $id | $targeted | index($id))]')

  echo "$(jq length <<<"$successful") of $(jq length <<<"$targeted") gateways run $deployment; $(jq length <<<"$failed") failed, $(jq length <<<"$rejected") modules refuse their settings."
  if [ "$(jq length <<<"$rejected")" -gt 0 ]; then
    jq --raw-output '.[] | "\(.deviceId)/\(.moduleId): \(.errors | tostring)"' <<<"$rejected"
    exit 1
  fi
  if [ "$(jq length <<<"$targeted")" -gt 0 ] && [ "$(jq --argjson successful "$successful" '. - $successful | length' <<<"$targeted")" -eq 0 ]; then
    exit 0
  fi
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "Not well within $minutes minutes: $(jq --compact-output --argjson successful "$successful" '. - $successful' <<<"$targeted")."
    if [ "$(jq length <<<"$targeted")" -eq 0 ]; then echo "The deployment targets no gateway; are there tags that meet its condition?"; fi
    exit 1
  fi
  sleep "$every"
done
