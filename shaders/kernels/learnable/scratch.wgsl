
// Sums in two parts.
@group(0) @binding(SLOT) var<storage, ACCESS> NAME: array<vec2<f32>>;
