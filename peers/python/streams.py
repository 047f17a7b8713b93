"""Numbers that every program of the comparison computes alike (`numbers.rs` beside the workloads): inputs and first weights."""

import numpy as np

WEIGHTS = 100  # stream of the first parameter
DISCRIMINATOR = WEIGHTS + 50


def unit(stream, n):
    """n numbers in [0, 1): 24 bits of a 32-bit mix (Wellons' lowbias32)."""
    with np.errstate(over="ignore"):
        x = np.arange(n, dtype=np.uint32) + np.uint32(stream * 0x9E3779B9 & 0xFFFFFFFF)
        x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
        x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return ((x ^ (x >> np.uint32(16))) >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24)


def uniform(stream, n, low, high):
    """n numbers in [low, high)."""
    return np.float32(low) + np.float32(high - low) * unit(stream, n)


def parameters(shapes, first=WEIGHTS):
    """Arrays of these shapes (PyTorch's, layer by layer), uniform in plus or minus 1/sqrt(fan-in), the t-th drawn from stream first + t.
    A shape with a value beside it is filled with that, and takes no stream."""
    out, bound, stream = [], np.float32(1), first
    for shape in shapes:
        if isinstance(shape[0], tuple):
            out.append(np.full(*shape, np.float32))
            continue
        if len(shape) > 1:
            bound = np.float32(1) / np.sqrt(np.float32(np.prod(shape[1:])))
        out.append((bound * (2 * unit(stream, int(np.prod(shape))) - 1)).reshape(shape))
        stream += 1
    return out


def critic_inputs(examples):
    """What the critic's rows take for fakes, and where between a fake and its real image the penalty is taken: of example i always the same."""
    fakes = uniform(3, examples * 784, 0, 1).reshape(examples, 1, 28, 28)
    return fakes, uniform(4, examples, 0, 1)
