"""The rows that train and attack: batch, and examples of a pass (as in `benches/src/bin/workloads`)."""

TRAIN = {
    "mlp_train_b128": ("mlp", 128, 60_000),
    "mlp_train_b32": ("mlp", 32, 60_000),
    "cnn_train_b128": ("cnn", 128, 16 * 128),
    "cnn_train_b50": ("cnn", 50, 40 * 50),
    "smallcnn_train_b128": ("smallcnn", 128, 100 * 128),
    "smallcnn_advtrain_b128": ("smallcnn", 128, 20 * 128),
    "ae_train_b32": ("ae", 32, 60_000),
    "ae_train_b256": ("ae", 256, 60_000),
}
GAN = ("gan_train_b128", 128, 200 * 128)
ATTACK = {"cnn_pgd40_b250": ("cnn", 250), "mlp_pgd40_b1000": ("mlp", 1000), "smallcnn_pgd40_b1000": ("smallcnn", 1000)}
LATENCY = {"mlp_latency": "mlp", "cnn_latency": "cnn"}
GEMM = [
    (128, 784, 128), (128, 128, 64), (32, 784, 64), (256, 256, 256), (512, 512, 512), (1024, 1024, 1024),
    (2048, 2048, 2048), (128, 3136, 1024),
]  # fmt: skip
SIZES = {"2^16": 1 << 16, "2^24": 1 << 24}
CLASSES = 10
SHAPES = {
    "mlp": [(128, 784), (128,), (64, 128), (64,), (10, 64), (10,)],
    "cnn": [(32, 1, 5, 5), (32,), (64, 32, 5, 5), (64,), (1024, 3136), (1024,), (10, 1024), (10,)],
    "smallcnn": [(16, 1, 4, 4), (16,), (32, 16, 4, 4), (32,), (100, 1568), (100,), (10, 100), (10,)],
    "ae": [(64, 784), (64,), (32, 64), (32,), (32, 32), (32,), (32, 32), (32,), (64, 32), (64,), (784, 64), (784,)],
    "generator": [(128, 100), (128,), (128, 128), (128,), (784, 128), (784,)],
    "discriminator": [(128, 784), (128,), (128, 128), (128,), (1, 128), (1,)],
}


def gemm(row):
    """M, K, N and form of a product's row."""
    _, shape, form = row.split("_")
    return (*map(int, shape.split("x")), form)


def gemm_rows():
    """Every product's row."""
    return [f"gemm_{m}x{k}x{n}_{form}" for m, k, n in GEMM for form in ("nn", "nt", "tn")]
