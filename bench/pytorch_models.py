"""The models of pytorch.ts in PyTorch, with the parameter names of ours, for images of 10 classes."""

from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional


def lenet():
    return nn.Sequential(OrderedDict(
        conv1=nn.Conv2d(1, 6, 5, padding=2), relu1=nn.ReLU(), pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(6, 16, 5), relu2=nn.ReLU(), pool2=nn.MaxPool2d(2), flatten=nn.Flatten(),
        fc1=nn.Linear(400, 120), relu3=nn.ReLU(), fc2=nn.Linear(120, 84), relu4=nn.ReLU(), fc3=nn.Linear(84, 10),
    ))


def mlp():
    return nn.Sequential(OrderedDict(
        flatten=nn.Flatten(), hidden=nn.Linear(784, 256), relu=nn.ReLU(), output=nn.Linear(256, 10)
    ))


class ResidualBlock(nn.Module):
    """He et al. 2016, arXiv:1512.03385, with shortcuts of option A."""

    def __init__(self, before, width):
        super().__init__()
        self.border = (width - before) // 2
        self.conv1 = nn.Conv2d(before, width, 3, stride=width // before, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        if self.border > 0:
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.border, self.border))
        return self.relu(y + x)


def resnet20():
    stages = OrderedDict()
    before = 16
    for stage, width in enumerate((16, 32, 64), start=1):
        stages[f"layer{stage}"] = nn.Sequential(*(ResidualBlock(before if i == 0 else width, width) for i in range(3)))
        before = width
    return nn.Sequential(OrderedDict(
        conv1=nn.Conv2d(3, 16, 3, padding=1, bias=False), bn1=nn.BatchNorm2d(16), relu=nn.ReLU(inplace=True),
        **stages, pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), fc=nn.Linear(64, 10),
    ))


def unit(before, width, kernel, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(before, width, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False),
        nn.BatchNorm2d(width), nn.ReLU6(inplace=True),
    )


class InvertedResidual(nn.Module):
    """Sandler et al. 2018, arXiv:1801.04381, Table 1."""

    def __init__(self, before, width, stride, expansion):
        super().__init__()
        inner = before * expansion
        self.shortcut = stride == 1 and before == width
        self.conv = nn.Sequential(
            *([unit(before, inner, 1)] if expansion > 1 else []), unit(inner, inner, 3, stride, inner),
            nn.Conv2d(inner, width, 1, bias=False), nn.BatchNorm2d(width),
        )

    def forward(self, x):
        return x + self.conv(x) if self.shortcut else self.conv(x)


class MobileNet(nn.Module):
    """Table 2, for 32 x 32 pixels: the first two strides are 1."""

    STAGES = ((1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))

    def __init__(self):
        super().__init__()
        layers = [unit(3, 32, 3)]
        before = 32
        for expansion, width, repetitions, stride in self.STAGES:
            for i in range(repetitions):
                layers.append(InvertedResidual(before, width, stride if i == 0 else 1, expansion))
                before = width
        self.features = nn.Sequential(*layers, unit(before, 1280, 1))
        self.classifier = nn.ModuleList([nn.Identity(), nn.Linear(1280, 10)])

    def forward(self, x):
        return self.classifier[1](torch.mean(self.features(x), dim=(2, 3)))


MODELS = {"lenet": lenet, "mlp": mlp, "resnet:20": resnet20, "mobilenet:1": MobileNet}
