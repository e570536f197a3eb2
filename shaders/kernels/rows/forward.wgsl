//! requires exp, two_product

// Sums e^(x - largest) over each row, and stores what the function makes of every x with that sum. Rows of
// one block are read once. The largest element's own share, which is 1, is left out of the sum: a
// logarithm near 0 lives on what is beside it.

// While a row is read its largest element is not known yet, and what is summed is e^(x - shift). This is
// the most by which a later x may exceed the shift: beyond, the shift moves, and what was summed before,
// like the error of scaling it, is too small to count.
const SLACK: f32 = 40.0;
const ENLARGED: f32 = 0x1p24f;

// The element at a place, with the sign that the function gives it.
fn load(at: u32) -> f32 {
    return bitcast<f32>(bitcast<u32>(load_INPUT(at)) ^ settings.flip);
}

// scale * (x - shift) in two parts, where that is a finite f32.
fn difference(x: f32, shift: f32) -> vec2<f32> {
    // A quarter of each, where x - shift could overflow.
    let part = select(1.0, 0.25, max(abs(x), abs(shift)) > 1e37);
    let scale = select(settings.scale, 4.0 * settings.scale, part < 1.0);
    let d = math_two_sum(part * x, -(part * shift));
    let product = scale * d.x;
    let is_exact = abs(d.x) > 1e-30 && abs(product) > 1e-30 && abs(product) < 1e38;
    let rest = math_two_product(scale, select(0.0, d.x, is_exact)).y;
    return vec2<f32>(product, rest + scale * d.y);
}

// Half of scale * (x - shift), roughly.
fn half_difference(x: f32, shift: f32) -> f32 {
    return (0.5 * x - 0.5 * shift) * settings.scale;
}

// Whether e^(scale * (x - shift)) is 0.
fn vanishes(x: f32, shift: f32) -> bool {
    return half_difference(x, shift) < -60.0;
}

// The pieces of e^(scale * (x - shift)), or of 1 where that vanishes.
fn exponential(x: f32, shift: f32) -> MathExp {
    let d = difference(select(x, shift, vanishes(x, shift)), shift);
    return math_exp_parts(d.x, d.y);
}

// e^(scale * (x - shift)): what sums are multiplied with when the shift moves.
fn share(x: f32, shift: f32) -> f32 {
    return select(math_exp_value(exponential(x, shift)), 0.0, vanishes(x, shift));
}

// The share of the element with a key, ENLARGED, so that it is not flushed where its share in a
// logarithm near 0 still counts; -infinity has none.
fn summand(key: i32, shift: f32) -> vec2<f32> {
    let x = number_of(key);
    let parts = exponential(x, shift);
    let share = math_exp_scale(parts, ENLARGED * math_exp_fraction(parts));
    return vec2<f32>(select(share, 0.0, key == MINUS_INFINITY || vanishes(x, shift)), 0.0);
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let team = team_of(workgroup, local);
    var inputs: array<f32, STEPS>;
    var highest = MINUS_INFINITY;
    var shift = 0.0;
    // The key of this invocation's largest element, which its sum is without.
    var top = MINUS_INFINITY;
    var sum = vec2<f32>(0.0, 0.0);
    for (var block = 0u; block < settings.blocks; block++) {
        var key = MINUS_INFINITY;
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                inputs[step] = load(team.start + element * team.stride);
                key = max(key, key_of(inputs[step]));
            }
        }
        highest = max(highest, team_largest(team, key));
        let largest = number_of(highest);
        if block == 0u {
            shift = largest;
        } else if half_difference(largest, shift) > 0.5 * SLACK {
            sum *= share(shift, largest);
            shift = largest;
        }
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                let key = key_of(inputs[step]);
                sum = sum_of(sum, summand(min(key, top), shift));
                top = max(key, top);
            }
        }
    }
    let largest = number_of(highest);
    let is_largest = top == highest && top > MINUS_INFINITY;
    sum = sum_of(sum, summand(select(top, MINUS_INFINITY, is_largest), shift));
    // Of equals all but one belong to the sum.
    let equals = team_sum(team, vec2<f32>(select(0.0, 1.0, is_largest), 0.0)).x;
    let beside = team_sum(team, sum) * (share(shift, largest) / ENLARGED);
    let norm = norm_of(sum_of(vec2<f32>(equals - 1.0, 0.0), beside), largest);
    let nan = bitcast<f32>(bitcast<u32>(highest) | 0x7fc00000u);
    for (var block = 0u; block < settings.blocks; block++) {
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                let at = team.start + element * team.stride;
                if settings.blocks > 1u {
                    inputs[step] = load(at);
                }
                store_OUTPUT(at, select(result(inputs[step], norm), nan, highest >= INFINITY));
            }
        }
    }
}
