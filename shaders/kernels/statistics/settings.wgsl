struct Settings {
    // Channels in the block of elements, and the elements that each of them has there.
    channels: u32,
    elements: u32,
    // Elements of a channel that lie together.
    inner: u32,
    // Workgroups in one row of the two-dimensional grid.
    groups_per_row: u32,
    // Parts of each channel, and the length of one.
    parts: u32,
    part_len: u32,
    // Invocations that have a part, or a record, together: a power of two.
    threads: u32,
    // |f'| below this is saturated; not below 2^-126.
    threshold: f32,
    // The first of the channels among all, and 1 where their records hold earlier elements.
    first_channel: u32,
    has_earlier: u32,
    padding: vec2<u32>,
    // Where each view begins in its binding, in elements or words, in the order of the bindings.
    first: vec4<u32>,
    parameters: Parameters,
}

@group(0) @binding(0) var<uniform> settings: Settings;

// The storage templates' loads bring one element.
alias Lanes = f32;
