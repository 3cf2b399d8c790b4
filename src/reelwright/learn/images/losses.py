"""Losses of GANs and VAEs, as pure functions of tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

PENALTY = 10.0
"""Weight of WGAN-GP's penalty, as in the paper."""


def hinge_critic(real: Tensor, fake: Tensor) -> Tensor:
    """The critic's hinge loss (Lim & Ye 2017): real above 1, drawn below −1."""
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def wasserstein_critic(real: Tensor, fake: Tensor) -> Tensor:
    """The critic's Wasserstein loss (Arjovsky et al. 2017), without what bounds its slope."""
    return fake.mean() - real.mean()


def slope_penalty(
    critic: Callable[[Tensor, Tensor], Tensor],
    real: Tensor,
    fake: Tensor,
    labels: Tensor,
    share: Tensor,
) -> Tensor:
    """How far the critic's slope is from 1 between real and drawn (Gulrajani et al. 2017).

    Args:
        critic: pictures and labels → scores.
        real: n × 3 × H × W.
        fake: as `real`.
        labels: of both, n.
        share: how far from real to drawn each picture in between lies, n, 0 to 1.
    """
    between = torch.lerp(real, fake, share[:, None, None, None]).detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(
        critic(between, labels).mean(1).sum(), between, create_graph=True
    )
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def generator_loss(fake: Tensor) -> Tensor:
    """What the generator makes small, with either loss of the critic."""
    return -fake.mean()


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of codes from the standard normal distribution, mean over codes (nats)."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()


def unlikeness(drawn: Sequence[Tensor], meant: Sequence[Tensor]) -> Tensor:
    """Mean difference of feature maps, each measured by how strong it is (Johnson et al. 2016)."""
    parts = [
        F.l1_loss(one, other) / (other.abs().mean() + 1e-3)
        for one, other in zip(drawn, meant, strict=True)
    ]
    return torch.stack(parts).mean()
