
// The values of the parameters that are tensors, channel by channel.
@group(0) @binding(SLOT) var<storage, ACCESS> table: array<f32>;
