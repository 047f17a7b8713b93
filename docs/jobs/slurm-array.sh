#!/bin/bash
# A sweep as a Slurm job array: one shard a task.
#
#   sbatch docs/jobs/slurm-array.sh grid.toml runs/mine
#   sparring merge runs/mine/all runs/mine/shard-*        # when all tasks are done
#
# The array may begin anywhere and be of any size; `sparring sweep` reads SLURM_ARRAY_TASK_ID, _MIN, _STEP and _COUNT.
# A task that was ended (time limit, preemption, node failure) goes on from its last save when it is requeued: `scontrol requeue JOBID_TASK`.
# To start one task alone again, say which shard it is, since its array then has one task only: SHARD=3/16 sbatch --array=0 ..
#SBATCH --job-name=sparring-sweep
#SBATCH --array=0-15
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
# The first SIGTERM, a minute before the limit, saves all trainings.
#SBATCH --signal=B:TERM@60
set -euo pipefail

grid=${1:?usage: sbatch slurm-array.sh GRID.toml DIR}
out=${2:?usage: sbatch slurm-array.sh GRID.toml DIR}
sparring=${SPARRING:-sparring}
# Nodes of different kinds compute different last bits, and their shards are then not merged: name an instruction set that all have.
export SPARRING_ISA=${SPARRING_ISA:-avx2}

if [ -n "${SHARD:-}" ]; then
    exec "$sparring" sweep "$grid" --shard "$SHARD" --out "$out/shard-${SHARD%%/*}"
fi
index=$(((SLURM_ARRAY_TASK_ID - ${SLURM_ARRAY_TASK_MIN:-0}) / ${SLURM_ARRAY_TASK_STEP:-1}))
exec "$sparring" sweep "$grid" --out "$out/shard-$index"
