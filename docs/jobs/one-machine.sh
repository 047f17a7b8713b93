#!/bin/bash
# A sweep on one machine needs no shards: `sparring sweep grid.toml --out runs/mine` runs as many trainings at a time as there are cores.
# This is the same over several machines that share a folder, by GNU parallel (`--sshloginfile hosts` spreads it; without it all run here).
#
#   docs/jobs/one-machine.sh grid.toml runs/mine 4
set -euo pipefail

grid=${1:?usage: one-machine.sh GRID.toml DIR SHARDS}
out=${2:?usage: one-machine.sh GRID.toml DIR SHARDS}
shards=${3:?usage: one-machine.sh GRID.toml DIR SHARDS}
sparring=${SPARRING:-sparring}

if command -v parallel > /dev/null; then
    seq 0 $((shards - 1)) | parallel --jobs "$shards" "$sparring" sweep "$grid" --shard "{}/$shards" --out "$out/shard-{}"
else
    seq 0 $((shards - 1)) | xargs -P "$shards" -I{} "$sparring" sweep "$grid" --shard "{}/$shards" --out "$out/shard-{}"
fi
"$sparring" merge "$out/all" "$out"/shard-*
