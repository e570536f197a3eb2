@group(0) @binding(1) var<storage, READ> input: array<Stored>;
@group(0) @binding(2) var<storage, read_write> grad: array<Stored>;

fn process(item: u32) {
    let x = load(input[settings.first.x + item]);
    let at = settings.first.y + item;
    grad[at] = store(derivative_lanes(x) * load(grad[at]));
}
