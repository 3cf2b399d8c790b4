"""Networks that enlarge pictures, built again from the names and shapes of their weights.

Two families: RRDBNet (ESRGAN, Wang et al. 2018; Real-ESRGAN, Wang et al. 2021) and the compact
SRVGGNet of Real-ESRGAN. Weights lie under the names that their authors gave them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

_SLOPE, _PART = 0.2, 0.2
"""The rectifiers' slope below 0, and what a block's result counts."""
_SHUFFLED = {3: 1, 12: 2, 48: 4}
"""Channels that come in → side of the squares that are laid into channels first."""


class Unknown(Exception):
    """The weights are of none of the families."""


class Compact(nn.Module):
    """SRVGGNet: convolutions with PReLU at the small size; what they give is added to enlarging."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for name in sorted(weights, key=_number):
            if name.endswith(".weight"):
                shape = weights[name].shape
                if len(shape) == 4:
                    layers.append(nn.Conv2d(shape[1], shape[0], 3, padding=1))
                else:
                    layers.append(nn.PReLU(shape[0]))
        self.body = nn.Sequential(*layers)
        last = layers[-1]
        channels = last.out_channels if isinstance(last, nn.Conv2d) else 0
        self.scale = round((channels / 3) ** 0.5)
        if not channels or 3 * self.scale**2 != channels or self.scale < 2:
            raise Unknown("its last layer makes no larger picture")

    def forward(self, picture: Tensor) -> Tensor:
        """n × 3 × H × W → n × 3 × scale·H × scale·W."""
        base = F.interpolate(picture, scale_factor=self.scale, mode="nearest")
        return F.pixel_shuffle(self.body(picture), self.scale) + base


class Dense(nn.Module):
    """Five convolutions, each of which sees what all before it gave."""

    def __init__(self, width: int, grown: int) -> None:
        super().__init__()
        for number in range(1, 5):
            layer = nn.Conv2d(width + (number - 1) * grown, grown, 3, padding=1)
            self.add_module(f"conv{number}", layer)
        self.conv5 = nn.Conv2d(width + 4 * grown, width, 3, padding=1)

    def forward(self, maps: Tensor) -> Tensor:
        """n × width × H × W → the same."""
        seen = maps
        for number in range(1, 5):
            made = F.leaky_relu(self.get_submodule(f"conv{number}")(seen), _SLOPE)
            seen = torch.cat([seen, made], 1)
        return maps + _PART * self.conv5(seen)


class Block(nn.Module):
    """Three dense blocks within one more sum."""

    def __init__(self, width: int, grown: int) -> None:
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (Dense(width, grown) for _ in range(3))

    def forward(self, maps: Tensor) -> Tensor:
        """n × width × H × W → the same."""
        return maps + _PART * self.rdb3(self.rdb2(self.rdb1(maps)))


class Deep(nn.Module):
    """RRDBNet: many blocks at the small size, then twice enlarged by two."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        first, grown = weights["conv_first.weight"], weights["body.0.rdb1.conv1.weight"]
        width, channels = first.shape[:2]
        if channels not in _SHUFFLED:
            raise Unknown(f"its first layer takes {channels} channels")
        self.side = _SHUFFLED[channels]
        self.scale = 4 // self.side
        count = 1 + max(_number(name) for name in weights if name.startswith("body."))

        def layer(before: int, after: int) -> nn.Conv2d:
            return nn.Conv2d(before, after, 3, padding=1)

        self.conv_first, self.conv_body = layer(channels, width), layer(width, width)
        self.body = nn.Sequential(*(Block(width, grown.shape[0]) for _ in range(count)))
        self.conv_up1, self.conv_up2 = layer(width, width), layer(width, width)
        self.conv_hr, self.conv_last = layer(width, width), layer(width, 3)

    def forward(self, picture: Tensor) -> Tensor:
        """n × 3 × H × W (both multiples of 4) → n × 3 × scale·H × scale·W."""
        maps = self.conv_first(F.pixel_unshuffle(picture, self.side))
        maps = maps + self.conv_body(self.body(maps))
        for layer in (self.conv_up1, self.conv_up2):
            larger = F.interpolate(maps, scale_factor=2, mode="nearest")
            maps = F.leaky_relu(layer(larger), _SLOPE)
        return self.conv_last(F.leaky_relu(self.conv_hr(maps), _SLOPE))


def rebuild(weights: Mapping[str, Tensor]) -> Compact | Deep:
    """The network that some weights are of, holding them.

    Raises:
        Unknown: they are of neither family, or some are missing; says why.
    """
    try:
        if "conv_first.weight" in weights and "body.0.rdb1.conv1.weight" in weights:
            network: Compact | Deep = Deep(weights)
        elif weights and all(re.fullmatch(r"body\.\d+\.(weight|bias)", name) for name in weights):
            network = Compact(weights)
        else:
            raise Unknown("its weights are neither RRDBNet's nor SRVGGNet's")
        network.load_state_dict({name: value.float() for name, value in weights.items()})
    except (RuntimeError, ValueError, IndexError) as error:
        first = str(error).strip().splitlines()[-1].strip()
        raise Unknown(f"its weights do not belong together ({first[:120]})") from error
    if isinstance(network, Deep) and network.scale < 2:
        raise Unknown("it does not enlarge")
    return network.eval().requires_grad_(False)


def _number(name: str) -> int:
    return int(name.split(".")[1])
