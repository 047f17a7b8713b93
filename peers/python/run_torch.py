"""PyTorch's side of the comparison: one row, one variant."""

import clock
import rows
import torch
import torch_gan
import torch_short
import torch_train

VARIANTS = torch_train.variants() | torch_gan.variants() | torch_short.variants()

if __name__ == "__main__":
    args = clock.arguments(VARIANTS)
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    training = {row: torch_train.train for row in rows.TRAIN} | {row: torch_train.attack for row in rows.ATTACK}
    training |= {row: torch_gan.train for row in rows.GAN} | {row: torch_gan.train_critic for row in rows.CRITIC}
    training |= {row: torch_gan.train_wasserstein for row in rows.WASSERSTEIN}
    training |= {row: torch_gan.train_vae for row in rows.VAE}
    if args.only in training:
        unit = "images/s" if args.only in rows.GAN | rows.CRITIC | rows.WASSERSTEIN else "examples/s"
        training[args.only](args, clock.Pace(args, "torch", unit))
    else:
        torch_short.run(args, clock.Pace(args, "torch", torch_short.metric(args.only)))
