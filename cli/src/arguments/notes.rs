//! What the help says after the options.

pub(super) const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 failed (a file, the adapter, or a verification that does not pass); 2 wrong \
usage, which would fail on any machine (an unknown activation or parameter, a value that is not \
allowed); 128 and the signal's number where one ended it (130 for Ctrl-C).";

pub(super) const APPLY_NOTES: &str = "\
INPUT, OUTPUT and GRAD_OUTPUT are npy files, or tensors of safetensors files, written as \
FILE.safetensors:NAME (where INPUT or GRAD_OUTPUT has a single tensor, its name may be left out). npy \
files are of dtype '<f4' (f32) or '<f2' (f16), in C or Fortran order; tensors of safetensors files of F32, \
F16 or BF16. Their dtypes may differ. They are memory-mapped: do not shorten them while the command runs.

OUTPUT gets the shape and order of INPUT, and its dtype where --dtype names no other; a safetensors file \
is always in C order, and holds this one tensor, which is called like INPUT's where OUTPUT gives no name. \
OUTPUT is written beside its final name and renamed at \
the end, so that it is whole or not there, and an existing one survives a failure and Ctrl-C; its \
permissions are kept. It may be INPUT or GRAD_OUTPUT itself. An existing safetensors file with other \
tensors is not replaced. Where OUTPUT is a symbolic link, the file that it \
points to is replaced; other hard links to that file keep the old contents.

softmax, softmin and log_softmax go over the rows along --axis, whatever the order in memory. With \
--backward their INPUT is the saved output of the forward pass, from which their gradient is computed.

A mask leaves elements out of their rows: OUTPUT is 0 there (-inf for log_softmax), and everywhere in a row \
of which nothing is left. Its shape is that of INPUT, or broadcasts to it as in NumPy; its memory order is \
that of OUTPUT. It is for the forward pass only: backward, the saved output tells what was left out. A number \
of it that is NaN makes its whole row NaN. Of log_softmax an element that the type of the saved output took \
for -inf has a gradient of 0, too.

glu, bilinear, reglu, geglu, geglu_tanh, swiglu, and gated_NAME for any other activation of elements as f, \
take the two halves of INPUT along --axis: OUTPUT = a * f(b) has half as many elements there. b is the half \
that --gate names, the second where it names none, as PyTorch's GLU has it; language models often have the \
first. With --backward their INPUT is that of the forward pass, GRAD_OUTPUT has the halved shape, and \
OUTPUT gets the gradients of both halves, laid out as they are.

cross_entropy goes from the logits in INPUT, whose rows lie along --axis, and the classes in --targets to a \
single number, or with --reduction none to the loss of each row. With --backward OUTPUT gets the gradients \
of the logits.

--parameter gives an activation of elements the values of a hyper-parameter as a tensor, and \
--parameter-grad writes their gradient, which is of their shape and dtype (f32 for bf16 in an npy file), in C \
order. The values have any shape that has one element, or as many as INPUT has along --channel-axis.

rrelu with --train draws a slope between lower and upper for each element that is not positive. The same \
--seed draws the same slopes, whatever the adapter and the order of INPUT: give that of the forward pass with \
--backward. OUTPUT is in C order then.";

pub(super) const VERIFY_NOTES: &str = "\
With --every and --exhaustive the state is saved every few seconds and on Ctrl-C; the same command \
goes on from there. The file is removed at the end, unless something could not be run, as when a \
device is lost: the same command then tries it again.

f32 results must be within 4 ULP of the exact ones, or within 2 ULP for an activation that is made of \
one elementary function, or 8 ULP for a function of rows or cross_entropy, or for a gated unit twice the \
bound of its activation and 1.5 ULP; `list` shows which. Derivatives by hyper-parameters must be within 4 ULP, \
counted at the magnitude of their largest term. Results of 16 bits must be within 1 ULP of their type, and but \
for functions of rows, gated units, cross_entropy, derivatives by hyper-parameters and rrelu in training 99.9 % \
of them correctly rounded. Of statistics counts must be right; in ULP of f32, whatever the dtype, extrema must \
be within the bound of the activation, means and standard deviations too at the largest magnitude of what they \
are of, and those of the input within a 4096th of that. All these have no part in --every and --exhaustive.";

pub(super) const BENCH_NOTES: &str = "\
Besides the names that `list` shows there are gated_NAME for a gated unit with any activation of elements, \
learnable_NAME for one whose parameters are tensors with a value for each channel (backward with their \
gradients), statistics_NAME, and randomised_rrelu.";

pub(super) const JSON_NUMBERS: &str = "\
Numbers that JSON cannot hold are the strings \"inf\", \"-inf\" and \"nan\".";
