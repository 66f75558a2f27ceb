"""The models of the corpus: each entry of MODELS builds a module in training mode, its inputs by name, and its target.

Dropout and stochastic depth are 0 everywhere, because a gradient with random masks has nothing to be compared with. A target of integers
means cross-entropy over the last axis of the output, a target of real numbers mean squared error. Weights are PyTorch's random ones.
"""

import math

import torch
import torchvision.models as zoo
from torch import nn
from torch.nn import functional as F

CLASSES = 10


def labels(*shape, classes=CLASSES):
    return torch.randint(0, classes, shape)


def image(build, size=64, batch=4, channels=3, classes=CLASSES):
    return lambda: (build(), {"x": torch.randn(batch, channels, size, size)}, labels(batch, classes=classes))


def tokens(build, length=12, batch=3, vocabulary=20, per_token=False, extra=lambda x: {}):
    def make():
        x = torch.randint(0, vocabulary, (batch, length))
        y = labels(batch, length, classes=vocabulary) if per_token else labels(batch)
        return build(), {"x": x, **extra(x)}, y

    return make


def series(build, features=6, length=16, batch=4):
    return lambda: (build(), {"x": torch.randn(batch, length, features)}, labels(batch))


def to_image(build, size=16, batch=2, channels=3):
    return lambda: (build(), {"x": torch.rand(batch, channels, size, size)}, torch.rand(batch, channels, size, size))


def small_head(network, features):
    """The convolutions of a network whose own classifier has more than 50 million weights, under a classifier of one layer."""
    return nn.Sequential(network.features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, CLASSES))


# Every activation, one layer each.


def activations():
    kinds = [
        nn.ReLU(), nn.LeakyReLU(0.1), nn.ELU(0.7), nn.SELU(), nn.CELU(1.3), nn.GELU(), nn.GELU(approximate="tanh"), nn.SiLU(), nn.Mish(),
        nn.Hardswish(), nn.Hardsigmoid(), nn.Hardtanh(-0.8, 0.9), nn.ReLU6(), nn.Softplus(), nn.Softsign(), nn.PReLU(), nn.PReLU(16),
        nn.Tanh(), nn.Sigmoid(), nn.LogSigmoid(), nn.Tanhshrink(), nn.Softshrink(0.1), nn.Hardshrink(0.1),
        nn.Softmax(dim=-1), nn.Softmin(dim=-1), nn.LogSoftmax(dim=-1), nn.Sequential(nn.Linear(16, 32), nn.GLU()),
    ]  # fmt: skip
    return nn.Sequential(*[Residual(nn.Sequential(nn.Linear(16, 16), kind)) for kind in kinds], nn.Linear(16, CLASSES))


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


# Sequences.


class TransformerClassifier(nn.Module):
    """nn.TransformerEncoder over [N, T, width], or [T, N, width] when `batch_first` is off."""

    def __init__(self, batch_first, norm_first=False, activation="relu", layers=2, width=16):
        super().__init__()
        self.batch_first = batch_first
        self.inward = nn.Linear(6, width)
        layer = nn.TransformerEncoderLayer(
            width, 4, 32, dropout=0, activation=activation, batch_first=batch_first, norm_first=norm_first
        )
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x):
        h = self.inward(x)
        if not self.batch_first:
            h = h.transpose(0, 1)
        h = self.encoder(h)
        return self.head(h.mean(1 if self.batch_first else 0))


class CausalBlock(nn.Module):
    def __init__(self, width, heads, length):
        super().__init__()
        self.heads = heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention, self.projection = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.register_buffer("mask", torch.tril(torch.ones(length, length)).view(1, 1, length, length))

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.attention(self.first(x)).split(width, dim=2)
        query, key, value = (p.view(batch, length, self.heads, width // self.heads).transpose(1, 2) for p in parts)
        scores = query @ key.transpose(-2, -1) / math.sqrt(key.size(-1))
        scores = scores.masked_fill(self.mask[:, :, :length, :length] == 0, float("-inf"))
        mixed = (F.softmax(scores, dim=-1) @ value).transpose(1, 2).contiguous().view(batch, length, width)
        x = x + self.projection(mixed)
        return x + self.mlp(self.second(x))


class Decoder(nn.Module):
    """A GPT: learned positions, causal mask, next token at every position. `tied` shares the embedding with the output layer."""

    def __init__(self, vocabulary=20, width=16, heads=4, layers=2, length=12, tied=False):
        super().__init__()
        self.token, self.position = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.ModuleList(CausalBlock(width, heads, length) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        if tied:
            self.head.weight = self.token.weight

    def forward(self, x):
        h = self.token(x) + self.position(torch.arange(x.shape[1], device=x.device))
        for block in self.blocks:
            h = block(h)
        return self.head(self.norm(h))


class Bert(nn.Module):
    """Tokens, segments and an attention mask of ones and zeros: three integer inputs, as transformers export them."""

    def __init__(self, vocabulary=20, width=16, heads=4, layers=2, length=12):
        super().__init__()
        self.heads, self.width = heads, width
        self.token, self.position = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.segment, self.norm = nn.Embedding(2, width), nn.LayerNorm(width)
        self.layers = nn.ModuleList(
            nn.ModuleDict({
                "query": nn.Linear(width, width), "key": nn.Linear(width, width), "value": nn.Linear(width, width),
                "mixed": nn.Linear(width, width), "norm": nn.LayerNorm(width),
                "up": nn.Linear(width, 32), "down": nn.Linear(32, width), "last": nn.LayerNorm(width),
            })
            for _ in range(layers)
        )  # fmt: skip
        self.pooler, self.head = nn.Linear(width, width), nn.Linear(width, CLASSES)

    def split(self, x):
        return x.view(x.size()[:-1] + (self.heads, self.width // self.heads)).permute(0, 2, 1, 3)

    def forward(self, x, segments, mask):
        mask = (1.0 - mask[:, None, None, :].to(self.token.weight.dtype)) * -10000.0
        h = self.norm(self.token(x) + self.position(torch.arange(x.shape[1])[None]) + self.segment(segments))
        for layer in self.layers:
            query, key, value = (self.split(layer[name](h)) for name in ("query", "key", "value"))
            scores = torch.matmul(query, key.transpose(-1, -2)) / math.sqrt(query.shape[-1]) + mask
            mixed = torch.matmul(F.softmax(scores, dim=-1), value).permute(0, 2, 1, 3).contiguous()
            h = layer["norm"](layer["mixed"](mixed.view(mixed.size()[:-2] + (self.width,))) + h)
            h = layer["last"](layer["down"](F.gelu(layer["up"](h))) + h)
        return self.head(torch.tanh(self.pooler(h[:, 0])))


def bert_inputs(x):
    mask = torch.ones_like(x)
    mask[0, -3:] = 0
    return {"segments": (torch.arange(x.shape[1]) > 5).long().expand(x.shape).contiguous(), "mask": mask}


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.recurrent = kind(6, 8, batch_first=True, **options)
        self.head = nn.Linear(8 * (2 if options.get("bidirectional") else 1), CLASSES)

    def forward(self, x):
        states, _ = self.recurrent(x)
        return self.head(states[:, -1])


class Tcn(nn.Module):
    """Dilated causal convolutions over [N, T, features]."""

    def __init__(self, channels=8):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv1d(6 if i == 0 else channels, channels, 3, dilation=2**i) for i in range(3))
        self.head = nn.Linear(channels, CLASSES)

    def forward(self, x):
        h = x.transpose(1, 2)
        for i, layer in enumerate(self.layers):
            h = F.relu(layer(F.pad(h, (2 * 2**i, 0))))
        return self.head(h[:, :, -1])


# Images to images.


def autoencoder(mode):
    up = nn.Upsample(scale_factor=2, mode=mode, **({} if mode == "nearest" else {"align_corners": False}))
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 12, 3, stride=2, padding=1), nn.ReLU(),
        up, nn.Conv2d(12, 8, 3, padding=1), nn.ReLU(), nn.ConvTranspose2d(8, 3, 4, stride=2, padding=1), nn.Sigmoid(),
    )  # fmt: skip


def double(a, b):
    return nn.Sequential(
        nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True),
        nn.Conv2d(b, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True),
    )  # fmt: skip


class UNet(nn.Module):
    """Skip connections joined by Concat, with the padding that makes odd sizes fit; a class for every pixel."""

    def __init__(self, width=6, classes=4):
        super().__init__()
        self.down = nn.ModuleList([double(3, width), double(width, 2 * width), double(2 * width, 4 * width)])
        self.lift = nn.ModuleList([nn.ConvTranspose2d(4 * width, 2 * width, 2, 2), nn.ConvTranspose2d(2 * width, width, 2, 2)])
        self.up = nn.ModuleList([double(4 * width, 2 * width), double(2 * width, width)])
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        kept = []
        for i, block in enumerate(self.down):
            x = block(x if i == 0 else F.max_pool2d(x, 2))
            kept.append(x)
        for lift, block, skip in zip(self.lift, self.up, kept[-2::-1]):
            x = lift(x)
            rows, columns = skip.size(2) - x.size(2), skip.size(3) - x.size(3)
            x = F.pad(x, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
            x = block(torch.cat([skip, x], dim=1))
        return self.head(x).permute(0, 2, 3, 1)


def normalizations():
    """Group, instance and local normalisation, reflected and repeated borders, pixel shuffling, root of mean squares."""
    return nn.Sequential(
        nn.ReflectionPad2d(1), nn.Conv2d(3, 8, 3), nn.GroupNorm(4, 8), nn.SiLU(), nn.ReplicationPad2d(1), nn.Conv2d(8, 16, 3, bias=False),
        nn.InstanceNorm2d(16, affine=True), nn.ReLU(), nn.PixelShuffle(2), nn.AvgPool2d(3, 2, padding=1), nn.LPPool2d(2, 2),
        nn.Conv2d(4, 8, 3, padding=1), nn.LocalResponseNorm(3), nn.BatchNorm2d(8), nn.MaxPool2d(2), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(32, CLASSES),
    )  # fmt: skip


class Shapes(nn.Module):
    """Indexing, splitting, stacking, comparisons and reductions, as people write them in a forward pass."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.head = nn.Linear(6, 8), nn.Linear(8, 8), nn.Linear(20, CLASSES)
        self.scale = nn.Parameter(torch.rand(3, 1))
        self.index = nn.Parameter(torch.arange(8).flip(0), requires_grad=False)

    def forward(self, x):
        h = torch.tanh(self.a(x))
        first, last = torch.chunk(h, 2, dim=-1)
        h = torch.stack([first, last * 2, torch.where(first > 0, first, -last)], dim=2)  # [N, T, 3, 4]
        h = (h * self.scale).flatten(2)[..., ::2]  # [N, T, 6]
        rolled = torch.roll(h, 1, dims=1)
        mixed = torch.einsum("ntd,nsd->nts", h, rolled)
        mixed = mixed / mixed.norm(dim=-1, keepdim=True).clamp(min=1e-6)
        gathered = self.b(self.a(x))[:, :, self.index]
        summary = torch.cat(
            [gathered.amax(1), gathered.std(1, unbiased=False), gathered.mean((1, 2), keepdim=True)[:, 0], h.logsumexp((1, 2))[:, None],
             mixed.cumsum(1)[:, -1].abs().max(-1).values[:, None], torch.sqrt(h.pow(2).sum((1, 2)) + 1)[:, None]], dim=1,
        )  # fmt: skip
        return self.head(summary)


class Tied(nn.Module):
    """One weight used as it is, transposed, and through another module: its gradient is the sum of the three."""

    def __init__(self):
        super().__init__()
        self.encoder, self.again = nn.Linear(6, 8), nn.Linear(6, 8)
        self.again.weight = self.encoder.weight
        self.bias, self.head = nn.Parameter(torch.zeros(6)), nn.Linear(8, CLASSES)

    def forward(self, x):
        back = F.linear(torch.tanh(self.encoder(x)), self.encoder.weight.t(), self.bias)
        return self.head(torch.relu(self.again(back)))


class TwoInputs(nn.Module):
    """Two inputs of different shapes and two outputs, of which the first is the prediction."""

    def __init__(self):
        super().__init__()
        self.left, self.right, self.head = nn.Linear(6, 8), nn.Conv1d(2, 8, 3), nn.Linear(8, CLASSES)

    def forward(self, x, wave):
        h = torch.relu(self.left(x)) * torch.sigmoid(self.right(wave).mean(-1))
        return self.head(h), h



class TinyResNet(nn.Module):
    def __init__(self, width=6):
        super().__init__()
        block = zoo.resnet.BasicBlock
        down = nn.Sequential(zoo.resnet.conv1x1(width, 2 * width, 2), nn.BatchNorm2d(2 * width))
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1, self.relu, self.maxpool = nn.BatchNorm2d(width), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
        self.layer1, self.layer2 = block(width, width), block(width, 2 * width, 2, down)
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d((1, 1)), nn.Linear(2 * width, CLASSES)

    def forward(self, x):
        h = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(self.layer2(self.layer1(h))), 1))


def tiny_mobilenet_v2():
    settings = [[1, 8, 1, 1], [6, 8, 2, 2], [6, 16, 1, 2]]
    return zoo.MobileNetV2(num_classes=CLASSES, inverted_residual_setting=settings, width_mult=0.25, round_nearest=8, dropout=0)


def tiny_mobilenet_v3():
    row = zoo.mobilenetv3.InvertedResidualConfig
    rows = [
        row(8, 3, 8, 8, True, "RE", 2, 1, 1.0),
        row(8, 5, 24, 8, True, "HS", 1, 1, 1.0),
        row(8, 3, 24, 16, False, "HS", 2, 1, 1.0),
    ]
    return zoo.MobileNetV3(rows, 32, num_classes=CLASSES, dropout=0)


def tiny_vit():
    return zoo.VisionTransformer(image_size=16, patch_size=8, num_layers=2, num_heads=4, hidden_dim=16, mlp_dim=32, num_classes=CLASSES)


def tiny_swin():
    return zoo.SwinTransformer([2, 2], 8, [1, 1], [2, 4], [4, 4], stochastic_depth_prob=0, num_classes=CLASSES)


def swin_t():
    return zoo.SwinTransformer([4, 4], 96, [2, 2, 6, 2], [3, 6, 12, 24], [7, 7], stochastic_depth_prob=0, num_classes=CLASSES)


def tiny_convnext():
    rows = [zoo.convnext.CNBlockConfig(8, 16, 1), zoo.convnext.CNBlockConfig(16, None, 1)]
    return zoo.ConvNeXt(rows, stochastic_depth_prob=0, num_classes=CLASSES)


def tiny_densenet():
    return zoo.DenseNet(growth_rate=4, block_config=(2, 2), num_init_features=8, bn_size=2, num_classes=CLASSES)


def tiny_shufflenet():
    return zoo.ShuffleNetV2([1, 1, 1], [8, 8, 16, 32, 32], num_classes=CLASSES)


def encoder(batch_first, **options):
    return series(lambda: TransformerClassifier(batch_first, **options), length=8)


MODELS = {
    # Small enough to be committed.
    "activations": lambda: (activations(), {"x": torch.randn(6, 16)}, labels(6)),
    "autoencoder_bilinear": to_image(lambda: autoencoder("bilinear")),
    "autoencoder_nearest": to_image(lambda: autoencoder("nearest")),
    "bert": tokens(Bert, extra=bert_inputs),
    "gpt": tokens(Decoder, per_token=True),
    "gpt_tied": tokens(lambda: Decoder(tied=True), per_token=True),
    "gru": series(lambda: Recurrent(nn.GRU)),
    "gru_two_layers": series(lambda: Recurrent(nn.GRU, num_layers=2, bidirectional=True)),
    "lstm": series(lambda: Recurrent(nn.LSTM)),
    "lstm_two_layers": series(lambda: Recurrent(nn.LSTM, num_layers=2, bidirectional=True)),
    "normalizations": image(normalizations, size=17, channels=3),
    "rnn": series(lambda: Recurrent(nn.RNN)),
    "shapes": series(Shapes, length=5),
    "tcn": series(Tcn),
    "tied": lambda: (Tied(), {"x": torch.randn(4, 6)}, labels(4)),
    "tiny_convnext": image(tiny_convnext, size=32),
    "tiny_densenet": image(tiny_densenet, size=32),
    "tiny_mobilenet_v2": image(tiny_mobilenet_v2, size=32),
    "tiny_mobilenet_v3": image(tiny_mobilenet_v3, size=32),
    "tiny_resnet": image(TinyResNet, size=32),
    "tiny_shufflenet": image(tiny_shufflenet, size=32),
    "tiny_swin": image(tiny_swin, size=32),
    "tiny_vit": image(tiny_vit, size=16),
    "transformer_batch_first": encoder(True),
    "transformer_gelu_norm_first": encoder(True, norm_first=True, activation="gelu"),
    "transformer_time_first": encoder(False),
    "two_inputs": lambda: (TwoInputs(), {"x": torch.randn(4, 6), "wave": torch.randn(4, 2, 9)}, labels(4)),
    "unet": lambda: (UNet(), {"x": torch.randn(2, 3, 18, 18)}, labels(2, 18, 18, classes=4)),
    # As people train them, on small images.
    "alexnet": image(lambda: small_head(zoo.alexnet(), 256)),
    "convnext_tiny": image(lambda: zoo.convnext_tiny(num_classes=CLASSES, stochastic_depth_prob=0)),
    "densenet121": image(lambda: zoo.densenet121(num_classes=CLASSES)),
    "efficientnet_b0": image(lambda: zoo.efficientnet_b0(num_classes=CLASSES, stochastic_depth_prob=0)),
    "googlenet": image(lambda: zoo.googlenet(num_classes=CLASSES, aux_logits=False, init_weights=False)),
    "inception_v3": image(lambda: zoo.inception_v3(num_classes=CLASSES, aux_logits=False, init_weights=False), size=96),
    "mnasnet0_5": image(lambda: zoo.mnasnet0_5(num_classes=CLASSES)),
    "mobilenet_v2": image(lambda: zoo.mobilenet_v2(num_classes=CLASSES)),
    "mobilenet_v3_small": image(lambda: zoo.mobilenet_v3_small(num_classes=CLASSES)),
    "regnet_x_400mf": image(lambda: zoo.regnet_x_400mf(num_classes=CLASSES)),
    "regnet_y_400mf": image(lambda: zoo.regnet_y_400mf(num_classes=CLASSES)),
    "resnet18": image(lambda: zoo.resnet18(num_classes=CLASSES)),
    "resnet50": image(lambda: zoo.resnet50(num_classes=CLASSES)),
    "resnext50_32x4d": image(lambda: zoo.resnext50_32x4d(num_classes=CLASSES)),
    "shufflenet_v2_x0_5": image(lambda: zoo.shufflenet_v2_x0_5(num_classes=CLASSES)),
    "squeezenet1_1": image(lambda: zoo.squeezenet1_1(num_classes=CLASSES)),
    "swin_t": image(lambda: swin_t()),
    "vgg11_bn": image(lambda: small_head(zoo.vgg11_bn(), 512)),
}
