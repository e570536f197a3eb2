@group(0) @binding(1) var<storage, READ> input: array<Stored>;
@group(0) @binding(2) var<storage, read_write> output: array<Stored>;

fn process(item: u32) {
    let x = load(input[settings.first.x + item]);
    output[settings.first.y + item] = store(forward_lanes(x));
}
