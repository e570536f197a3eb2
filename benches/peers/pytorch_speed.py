"""Times PyTorch's activations, eager and compiled, on the CPU and on a CUDA GPU where there is one.

Needs torch alone. Writes JSON to standard output, and what it is at to standard error.

    python benches/peers/pytorch_speed.py > docs/performance/FOLDER/pytorch.json

Memory that is freed stays with the process, so that no output costs page faults: glibc takes that from the
environment only, so the script starts itself again with it. Backward is torch.autograd.grad alone, on a graph that
is kept.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import time

KEPT_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}

if any(os.environ.get(name) != value for name, value in KEPT_MEMORY.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **KEPT_MEMORY})

import torch
import torch._functorch.config
import torch.nn.functional as F

# As benches/peers/src/speed.rs has them.
ROUNDS = 9
FEWEST_ROUNDS = 3
ROUND_MS = 30.0
MOST_RUNS = 16
WARM_UPS = 3

# Under the library's names, with the parameters that it has by default.
OPERATIONS = {
    "relu": lambda x, beside: F.relu(x),
    "relu6": lambda x, beside: F.relu6(x),
    "leaky_relu": lambda x, beside: F.leaky_relu(x, 0.01),
    "prelu": lambda x, beside: F.prelu(x, beside["slope"]),
    "thresholded_relu": lambda x, beside: F.threshold(x, 1.0, 0.0),
    "elu": lambda x, beside: F.elu(x),
    "celu": lambda x, beside: F.celu(x),
    "selu": lambda x, beside: F.selu(x),
    "sigmoid": lambda x, beside: torch.sigmoid(x),
    "hard_sigmoid": lambda x, beside: F.hardsigmoid(x),
    "log_sigmoid": lambda x, beside: F.logsigmoid(x),
    "tanh": lambda x, beside: torch.tanh(x),
    "hard_tanh": lambda x, beside: F.hardtanh(x),
    "tanh_shrink": lambda x, beside: F.tanhshrink(x),
    "hard_shrink": lambda x, beside: F.hardshrink(x, 0.5),
    "soft_shrink": lambda x, beside: F.softshrink(x, 0.5),
    "silu": lambda x, beside: F.silu(x),
    "hard_swish": lambda x, beside: F.hardswish(x),
    "gelu": lambda x, beside: F.gelu(x),
    "gelu_tanh": lambda x, beside: F.gelu(x, approximate="tanh"),
    "mish": lambda x, beside: F.mish(x),
    "softplus": lambda x, beside: F.softplus(x),
    "softsign": lambda x, beside: F.softsign(x),
    "softmax": lambda x, beside: F.softmax(x, 1),
    "softmin": lambda x, beside: F.softmin(x, 1),
    "log_softmax": lambda x, beside: F.log_softmax(x, 1),
    "glu": lambda x, beside: F.glu(x, 1),
    "cross_entropy": lambda x, beside: F.cross_entropy(x, beside["classes"]),
}


def main():
    arguments = parse()
    missing = []
    compiles = not arguments.eager and has_compiler(missing)
    if arguments.eager:
        missing.append("compiled: left out by --eager")
    # A graph is differentiated more than once.
    torch._functorch.config.donated_buffer = False
    devices = [torch.device("cpu")]
    if torch.cuda.is_available():
        devices.append(torch.device("cuda"))
    else:
        missing.append("cuda: torch finds no CUDA GPU")
    rows = []
    for device in devices:
        tensors = Tensors(arguments, device)
        for name in arguments.names or OPERATIONS:
            print(f"{name} on {device}", file=sys.stderr, flush=True)
            rows += measure(name, tensors, compiles, arguments.budget, missing)
    report = {
        "peer": f"PyTorch {torch.__version__}",
        "devices": [described(device) for device in devices],
        "elements": arguments.elements,
        "row": arguments.row,
        "missing": missing,
        "rows": rows,
    }
    json.dump(report, sys.stdout, indent=2)
    print()


def parse():
    parser = argparse.ArgumentParser(description="Times PyTorch's activations; JSON to standard output.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="operations; all, if none is named")
    parser.add_argument("--elements", type=int, default=16 << 20, help="f32 in each tensor")
    parser.add_argument("--row", type=int, default=1024, help="elements of a row, for softmax and the like")
    parser.add_argument("--budget", type=float, default=3.0, help="seconds for each operation and device")
    parser.add_argument("--eager", action="store_true", help="leave torch.compile out, which takes minutes")
    arguments = parser.parse_args()
    if arguments.row < 1 or arguments.elements < 1 or arguments.elements % (2 * arguments.row):
        parser.error(f"--elements {arguments.elements} is no multiple of twice --row {arguments.row}")
    for name in arguments.names:
        if name not in OPERATIONS:
            parser.error(f"{name} is none of {', '.join(OPERATIONS)}")
    return arguments


def has_compiler(missing):
    compilers = [os.environ.get("CXX"), "g++", "clang++", "cl"]
    if any(name and shutil.which(name) for name in compilers):
        return True
    missing.append("compiled: torch.compile needs a C++ compiler, and there is none in PATH; install g++")
    return False


def described(device):
    if device.type == "cuda":
        return {"device": "cuda", "name": torch.cuda.get_device_name(device), "runtime": f"CUDA {torch.version.cuda}"}
    return {"device": "cpu", "name": platform.machine(), "runtime": f"{torch.get_num_threads()} threads"}


class Tensors:
    """What every operation takes."""

    def __init__(self, arguments, device):
        generator = torch.Generator().manual_seed(1)
        rows = arguments.elements // arguments.row
        self.device = device
        self.input = torch.randn(rows, arguments.row, generator=generator).to(device)
        # More than any operation holds at once: the heap grows now and not in the first rounds.
        grown = [torch.ones_like(self.input) for _ in range(8)]
        del grown
        self.beside = {
            "slope": torch.full([1], 0.25, device=device),
            "classes": torch.zeros(rows, dtype=torch.int64, device=device),
        }

    def wait(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize()


def measure(name, tensors, compiles, budget, missing):
    operation = OPERATIONS[name]
    contenders = contenders_of(operation, "eager", tensors)
    if compiles:
        torch._dynamo.reset()
        try:
            contenders += contenders_of(torch.compile(operation), "compiled", tensors)
        except Exception as error:
            first = next(iter(str(error).splitlines()), "")
            missing.append(f"compiled {name} on {tensors.device.type}: {type(error).__name__}: {first}")
    return compare(name, contenders, tensors, budget)


def contenders_of(operation, implementation, tensors):
    """An implementation's two directions; it has run once, so that what cannot be compiled is known."""

    def forward():
        with torch.no_grad():
            operation(tensors.input, tensors.beside)

    tracked = tensors.input.detach().requires_grad_()
    output = operation(tracked, tensors.beside)
    grad_output = torch.ones_like(output)

    def backward():
        torch.autograd.grad(output, tracked, grad_output, retain_graph=True)

    forward()
    backward()
    return [(implementation, "forward", forward), (implementation, "backward", backward)]


def compare(name, contenders, tensors, budget):
    def milliseconds(run, runs):
        tensors.wait()
        start = time.perf_counter()
        for _ in range(runs):
            run()
        tensors.wait()
        return (time.perf_counter() - start) * 1e3

    counts = []
    round_ms = 0.0
    for _, _, run in contenders:
        once = min(milliseconds(run, 1) for _ in range(WARM_UPS))
        counts.append(max(1, min(MOST_RUNS, -int(-ROUND_MS // once))))
        round_ms += counts[-1] * once
    rounds = max(FEWEST_ROUNDS, min(ROUNDS, int(budget * 1e3 / round_ms)))
    times = [[] for _ in contenders]
    for _ in range(rounds):
        for (_, _, run), count, mine in zip(contenders, counts, times):
            mine.append(milliseconds(run, count) / count)
    return [
        {
            "operation": name,
            "implementation": implementation,
            "device": tensors.device.type,
            "direction": direction,
            "ms_median": sorted(mine)[rounds // 2],
            "ms_min": min(mine),
            "ms_max": max(mine),
            "runs": count,
            "rounds": rounds,
        }
        for (implementation, direction, _), count, mine in zip(contenders, counts, times)
    ]


if __name__ == "__main__":
    main()
