"""JAX's side of the comparison: one row, one variant. The thread pools of XLA take as many threads as there are cores to run on, so
the process is bound to that many before JAX is loaded."""

import os
import sys


def bind(words):
    """Leaves as many cores as `--threads` says, 2 by default."""
    threads = int(words[words.index("--threads") + 1]) if "--threads" in words else 2
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


if __name__ == "__main__":
    bind(sys.argv)
    os.environ["JAX_PLATFORMS"] = "cpu"
    import clock
    import jax_rows

    args = clock.arguments(jax_rows.variants())
    jax_rows.run(args, lambda unit: clock.Pace(args, "jax", unit))
