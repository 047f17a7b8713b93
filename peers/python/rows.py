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
    "mlp_dropout_b128": ("mlp_dropout", 128, 60_000),
    "mlp_prelu_b128": ("mlp_prelu", 128, 60_000),
    "mlp_clip_b128": ("mlp", 128, 60_000),
    "mlp_bn_b128": ("mlp_bn", 128, 60_000),
    "cnn_bn_b128": ("cnn_bn", 128, 16 * 128),
    "cnn_prelu_b128": ("cnn_prelu", 128, 16 * 128),
    "resnet_train_b128": ("resnet", 128, 16 * 128),
}
# Row to (generator, discriminator, batch, examples of a pass).
GAN = {
    "gan_train_b128": ("generator", "discriminator", 128, 200 * 128),
    "dcgan_train_b128": ("dcgan_generator", "dcgan_discriminator", 128, 8 * 128),
}
# Row to (generator, critic, batch, examples of a pass, steps of the critic for each of the generator).
WASSERSTEIN = {"wgan_gp_train_b64": ("dcgan_generator", "critic", 64, 20 * 64, 5)}
# Row to (encoder, decoder, batch, examples of a pass).
VAE = {"vae_train_b128": ("vae_encoder", "vae_decoder", 128, 60_000)}
# Row to (critic, batch, examples of a pass).
CRITIC = {"wgan_gp_b64": ("critic", 64, 16 * 64)}
# The row whose gradients are clipped, and the limit of their global norm.
CLIP = {"mlp_clip_b128": 1.0}
ATTACK = {"cnn_pgd40_b250": ("cnn", 250), "mlp_pgd40_b1000": ("mlp", 1000), "smallcnn_pgd40_b1000": ("smallcnn", 1000)}
LATENCY = {"mlp_latency": "mlp", "cnn_latency": "cnn"}
GEMM = [
    (128, 784, 128), (128, 128, 64), (32, 784, 64), (256, 256, 256), (512, 512, 512), (1024, 1024, 1024),
    (2048, 2048, 2048), (128, 3136, 1024),
]  # fmt: skip
SIZES = {"2^16": 1 << 16, "2^24": 1 << 24}
CLASSES = 10
# Shapes of the parameters in PyTorch's order and layout. Weights, and biases of layers with weights, are drawn; what a norm or an activation
# learns has a value beside its shape, the one it starts with.


def norm(channels):
    """Weight 1 and bias 0."""
    return [((channels,), 1.0), ((channels,), 0.0)]


def block(inputs, channels, stride):
    """A residual block: two convolutions 3x3, and one 1x1 on the skip where the shape changes, each with batch norm."""
    out = [(channels, inputs, 3, 3), *norm(channels), (channels, channels, 3, 3), *norm(channels)]
    return out + ([(channels, inputs, 1, 1), *norm(channels)] if stride != 1 or inputs != channels else [])


SLOPE = ((1,), 0.25)
# Input channels, output channels and stride of the blocks of the residual net.
BLOCKS = [(16, 16, 1), (16, 32, 2), (32, 64, 2)]
SHAPES = {
    "mlp": [(128, 784), (128,), (64, 128), (64,), (10, 64), (10,)],
    "mlp_prelu": [(128, 784), (128,), SLOPE, (64, 128), (64,), SLOPE, (10, 64), (10,)],
    "mlp_bn": [(128, 784), *norm(128), (64, 128), *norm(64), (10, 64), (10,)],
    "cnn": [(32, 1, 5, 5), (32,), (64, 32, 5, 5), (64,), (1024, 3136), (1024,), (10, 1024), (10,)],
    "cnn_bn": [(32, 1, 5, 5), *norm(32), (64, 32, 5, 5), *norm(64), (1024, 3136), (1024,), (10, 1024), (10,)],
    "cnn_prelu": [(32, 1, 5, 5), (32,), SLOPE, (64, 32, 5, 5), (64,), SLOPE, (1024, 3136), (1024,), SLOPE, (10, 1024), (10,)],
    "smallcnn": [(16, 1, 4, 4), (16,), (32, 16, 4, 4), (32,), (100, 1568), (100,), (10, 100), (10,)],
    "resnet": [(16, 1, 3, 3), *norm(16), *(p for b in BLOCKS for p in block(*b)), (10, 64), (10,)],
    "ae": [(64, 784), (64,), (32, 64), (32,), (32, 32), (32,), (32, 32), (32,), (64, 32), (64,), (784, 64), (784,)],
    "vae_encoder": [(400, 784), (400,), (40, 400), (40,)],
    "vae_decoder": [(400, 20), (400,), (784, 400), (784,)],
    "generator": [(128, 100), (128,), (128, 128), (128,), (784, 128), (784,)],
    "discriminator": [(128, 784), (128,), (128, 128), (128,), (1, 128), (1,)],
    "dcgan_generator": [(6272, 100), *norm(128), (128, 64, 4, 4), *norm(64), (64, 1, 4, 4), (1,)],
    "dcgan_discriminator": [(64, 1, 4, 4), (64,), (128, 64, 4, 4), *norm(128), (1, 6272), (1,)],
    "critic": [(64, 1, 4, 4), (64,), (128, 64, 4, 4), (128,), (1, 6272), (1,)],
}  # fmt: skip
SHAPES["mlp_dropout"] = SHAPES["mlp"]


def gemm(row):
    """M, K, N and form of a product's row."""
    _, shape, form = row.split("_")
    return (*map(int, shape.split("x")), form)


def gemm_rows():
    """Every product's row."""
    return [f"gemm_{m}x{k}x{n}_{form}" for m, k, n in GEMM for form in ("nn", "nt", "tn")]
