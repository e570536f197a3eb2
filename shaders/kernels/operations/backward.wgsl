@group(0) @binding(1) var<storage, READ> input: array<Stored>;
@group(0) @binding(2) var<storage, READ> grad_output: array<Stored>;
@group(0) @binding(3) var<storage, read_write> grad_input: array<Stored>;

fn process(item: u32) {
    let x = load(input[settings.first.x + item]);
    let grad = load(grad_output[settings.first.y + item]);
    grad_input[settings.first.z + item] = store(derivative_lanes(x) * grad);
}
