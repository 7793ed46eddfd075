#!/usr/bin/env python3
"""2:4 matrices converted by PyTorch itself, as the fixtures of the Java tests; and the way back, a file of Rewire decoded by PyTorch.

    pip install torch numpy safetensors
    semi_structured_fixtures.py make FOLDER      # ../resources/dev/rewire/kernels/io
    semi_structured_fixtures.py check FILE...    # NAME.packed + NAME.meta of each file must decode to its NAME.dense

No GPU is needed: torch's conversions are tensor code that runs anywhere, though to_sparse_semi_structured() itself insists on CUDA.
--conversions FILE takes them from another file than the installed torch/sparse/_semi_structured_conversions.py.

The committed fixtures were made by torch 2.13.0+cpu and safetensors 0.8.0; torch 2.14.1 has the same conversions.
"""

import argparse
import importlib.util
import pathlib

import torch
from safetensors import safe_open
from safetensors.torch import save_file

TYPES = {"f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32, "i8": torch.int8}

# Rows x columns, of each type: several groups of 32 rows, several pairs of words, and neither side a multiple of the other.
SHAPES = {"f16": [(32, 64), (96, 64)], "bf16": [(32, 64), (64, 128)], "f32": [(32, 16), (64, 48)], "i8": [(16, 64), (48, 128)]}


def load(file):
    if file is None:
        import torch.sparse._semi_structured_conversions as conversions

        return conversions
    spec = importlib.util.spec_from_file_location("conversions", file)
    conversions = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conversions)
    return conversions


def draw(name, rows, cols, generator):
    """At most n nonzeros in each group of m: every choice of places occurs, and every number of nonzeros."""
    n, m = (1, 2) if name == "f32" else (2, 4)
    groups = rows * cols // m
    order = torch.rand((groups, m), generator=generator).argsort(dim=1)
    nonzeros = torch.randint(0, 3 * n + 1, (groups, 1), generator=generator).clamp(max=n)
    kept = order < nonzeros
    if name == "i8":
        values = torch.randint(1, 128, (groups, m), generator=generator, dtype=torch.int64)
    else:
        # torch decodes fp32 as pairs of halves, and its scatter on a CPU makes a half that is a signalling NaN quiet: one
        # float in 64 comes back changed (measured: 16284 of 2^20 normal ones). The lower half of a rounded float is zero.
        values = torch.randn((groups, m), generator=generator).bfloat16().float()
    signs = torch.randint(0, 2, (groups, m), generator=generator) * 2 - 1
    values = torch.where(kept, values.abs() * signs, torch.zeros_like(values))
    return values.view(rows, cols).to(TYPES[name])


def make(conversions, folder):
    generator = torch.Generator().manual_seed(24)
    for name, shapes in SHAPES.items():
        for rows, cols in shapes:
            dense = draw(name, rows, cols, generator)
            packed, meta = conversions.sparse_semi_structured_from_dense_cutlass(dense)
            back = conversions.sparse_semi_structured_to_dense_cutlass(packed, meta)
            assert torch.equal(back, dense), "torch does not return what it was given"
            tensors = {"w.dense": dense, "w.packed": packed.contiguous(), "w.meta": meta.contiguous()}
            file = folder / f"torch-{name}-{rows}x{cols}.safetensors"
            save_file(tensors, file, metadata={"torch": torch.__version__})
            print(file)


def check(conversions, files):
    for file in files:
        with safe_open(file, "pt") as tensors:
            names = [key.removesuffix(".meta") for key in tensors.keys() if key.endswith(".meta")]
            assert names, f"{file}: no NAME.meta"
            for name in names:
                packed, meta, dense = (tensors.get_tensor(f"{name}.{part}") for part in ("packed", "meta", "dense"))
                back = conversions.sparse_semi_structured_to_dense_cutlass(packed, meta)
                assert torch.equal(back, dense), f"{file}: {name} decodes to another matrix than {name}.dense"
                print(f"{file}: {name}, {dense.dtype} {tuple(dense.shape)}: equal")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--conversions", help="a file like torch/sparse/_semi_structured_conversions.py")
parser.add_argument("action", choices=["make", "check"])
parser.add_argument("paths", nargs="+", type=pathlib.Path)
arguments = parser.parse_args()
if arguments.action == "make":
    make(load(arguments.conversions), *arguments.paths)
else:
    check(load(arguments.conversions), arguments.paths)
