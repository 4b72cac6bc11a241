#!/usr/bin/env bash
# Size, start and idle memory of every module, as in its image: published in Release for this machine, with or without ReadyToRun, connected to the
# simulator's hub and otherwise left alone.
#
#   bench/measure-modules.sh [--idle SECONDS] [--jit] [--keep FOLDER] [NAME=VALUE…]
#
# --idle    how long the modules idle before their memory is read (60)
# --jit     without ReadyToRun
# --keep    publish here, and use what an earlier call published and built
# NAME=VALUE  a variable of the environment for the modules, such as DOTNET_GCConserveMemory=9
#
# connected: from the start of the process until its line "Connected to"; beside it the time of the processor until then, which a busy machine changes
# less. RSS counts pages that processes share in each of them, PSS in equal parts, so on a machine without other .NET processes the PSS add up to what the
# suite takes. Private is what nobody shares: heap, stacks, code made at run time. Starts are one after the other; best on a machine that does nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

idle=60 ready_to_run=true keep='' variables=(DOTNET_EnableDiagnostics=0)
while [ $# -gt 0 ]; do
  case $1 in
    --idle) idle=$2; shift 2 ;;
    --jit) ready_to_run=false; shift ;;
    --keep) keep=$2; shift 2 ;;
    *=*) variables+=("$1"); shift ;;
    *) echo "The argument is \"$1\"; it must be --idle, --jit, --keep or NAME=VALUE." >&2; exit 2 ;;
  esac
done

work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap cleanup EXIT
published=${keep:-$work}/$ready_to_run
modules=()
for file in modules/*/module.json; do modules+=("$(basename "$(dirname "$file")")"); done

for module in "${modules[@]}"; do
  [ -d "$published/$module" ] || PublishReadyToRun=$ready_to_run UseAppHost=false dotnet publish "modules/$module" --configuration Release \
    --use-current-runtime --no-self-contained --output "$published/$module" --verbosity quiet
done
simulator=simulator/EdgeSimulator/bin/Release/net10.0/EdgeSimulator.dll
{ [ -n "$keep" ] && [ -f "$simulator" ]; } || dotnet build simulator/EdgeSimulator --configuration Release --verbosity quiet >/dev/null
port=$((20000 + RANDOM % 10000))
dotnet "$simulator" run --only hub --state "$work/state" --hub-port "$port" --https-port "$((port + 1))" --api-port "$((port + 2))" --metrics-port 0 \
  --models-port 0 --probe-port 0 >"$work/hub.log" 2>&1 &
pids+=($!)
deadline=$((SECONDS + 60))
until dotnet "$simulator" status --api-port "$((port + 2))" >/dev/null 2>&1; do
  [ $SECONDS -lt $deadline ] || { cat "$work/hub.log" >&2; exit 1; }
  sleep 0.2
done
for module in "${modules[@]}"; do dotnet "$simulator" credentials "$module" --api-port "$((port + 2))" --output "$work/$module.env" >/dev/null; done

# The load that others put on the machine tells how far the times can be trusted.
echo "load $(cut -d' ' -f1 /proc/loadavg), ReadyToRun $ready_to_run, ${variables[*]}"
declare -A process connected spent
cpu_of() { cut -d')' -f2 "/proc/$1/stat" | awk -v hertz="$(getconf CLK_TCK)" '{ printf "%.2f", ($12 + $13) / hertz }'; }
for module in "${modules[@]}"; do
  mapfile -t environment <"$work/$module.env"
  : >"$work/$module.log"
  start=$(date +%s%N)
  env "${environment[@]}" "${variables[@]}" dotnet "$published/$module/$module.dll" >"$work/$module.log" 2>&1 &
  process[$module]=$!
  pids+=($!)
  until grep -q 'Connected to' "$work/$module.log"; do
    kill -0 "${process[$module]}" 2>/dev/null || { cat "$work/$module.log" >&2; exit 1; }
    sleep 0.01
  done
  connected[$module]=$((($(date +%s%N) - start) / 1000000)) spent[$module]=$(cpu_of "${process[$module]}")
done
sleep "$idle"

printf '%-20s %12s %13s %6s %8s %8s %11s %11s\n' module 'published MB' 'connected ms' 'CPU s' 'RSS MB' 'PSS MB' 'private MB' 'idle CPU s'
total=0 all_private=0 shared=0
for module in "${modules[@]}"; do
  pid=${process[$module]}
  rss=$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$pid/status") pss=$(awk '$1 == "Pss:" { print $2 }' "/proc/$pid/smaps_rollup")
  private=$(awk '$1 == "RssAnon:" || $1 == "RssShmem:" { sum += $2 } END { print sum }' "/proc/$pid/status")
  total=$((total + pss)) all_private=$((all_private + private))
  [ $((rss - private)) -le "$shared" ] || shared=$((rss - private))
  size=$(du -sk --apparent-size "$published/$module/" | awk '{ printf "%.1f", $1 / 1024 }')
  printf '%-20s %12s %13s %6s %8s %8s %11s %11s\n' "$module" "$size" "${connected[$module]}" "${spent[$module]}" "$((rss / 1024))" "$((pss / 1024))" \
    "$((private / 1024))" \
    "$(awk -v all="$(cpu_of "$pid")" -v start="${spent[$module]}" 'BEGIN { printf "%.2f", all - start }')"
done
echo "all together: PSS $((total / 1024)) MB; private $((all_private / 1024)) MB, and files, which they share but for little, $((shared / 1024)) MB"
