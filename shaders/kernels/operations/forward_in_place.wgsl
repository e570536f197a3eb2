@group(0) @binding(1) var<storage, read_write> tensor: array<Stored>;

fn process(item: u32) {
    let at = settings.first.x + item;
    tensor[at] = store(forward_lanes(load(tensor[at])));
}
