"""Convolutions whose kernels are sums while they are trained, and plain ones afterwards.

Each kernel is a sum of an identity, a 3×3 one, and a 1×1 one followed by a 3×3 one, as in ECBSR
(Zhang et al. 2021), which small networks learn faster and end better with. The sum is worked out on
the kernels instead of on the pictures, so that it costs next to nothing.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

SLOPE = 0.1
"""Of the leaky rectifier, below 0."""
_WIDER = 2
"""How much wider than the layer the middle of its 1×1, 3×3 branch is."""


class Layer(nn.Module):
    """A 3×3 convolution whose kernel is a sum while it is trained; size is kept."""

    own: Tensor

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        middle = _WIDER * max(before, after)
        plain = nn.Conv2d(before, after, 3)
        self.plain, self.bias = plain.weight, nn.Parameter(torch.zeros(after))
        self.narrow = nn.Parameter(nn.Conv2d(before, middle, 1).weight.detach()[:, :, 0, 0])
        self.wide = nn.Parameter(nn.Conv2d(middle, after, 3).weight.detach())
        own = torch.eye(after) if before == after else torch.zeros(after, before)
        self.register_buffer("own", F.pad(own[:, :, None, None], (1, 1, 1, 1)), persistent=False)

    def kernel(self) -> Tensor:
        """The one kernel that the branches come to: after × before × 3 × 3."""
        both = torch.einsum("amhw,mb->abhw", self.wide, self.narrow)
        return self.plain + both + self.own

    def forward(self, maps: Tensor) -> Tensor:
        """n × before × H × W → n × after × H × W."""
        kernel = self.kernel().contiguous(memory_format=torch.channels_last)
        return F.conv2d(maps, kernel, self.bias, padding=1)

    def fold(self) -> nn.Conv2d:
        """The same as one plain convolution."""
        after, before = self.plain.shape[:2]
        layer = nn.Conv2d(before, after, 3, padding=1)
        with torch.no_grad():
            layer.weight.copy_(self.kernel())
            assert layer.bias is not None
            layer.bias.copy_(self.bias)
        return layer


def layer_of(before: int, after: int, *, merged: bool) -> nn.Module:
    """A layer to be trained (`merged`), or one as it is kept."""
    return Layer(before, after) if merged else nn.Conv2d(before, after, 3, padding=1)


def fold_into(network: nn.Module, plain: nn.Module) -> None:
    """Give a network of plain layers the weights of one of `Layer`s that is built alike."""
    places = dict(plain.named_modules())
    weights = {k: v for k, v in network.state_dict().items() if k in plain.state_dict()}
    for name, module in network.named_modules():
        if isinstance(module, Layer):
            weights |= {f"{name}.{key}": v for key, v in module.fold().state_dict().items()}
            assert isinstance(places[name], nn.Conv2d)
    plain.load_state_dict(weights)
