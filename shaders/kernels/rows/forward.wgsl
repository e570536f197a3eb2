//! requires exp, two_product

// Sums e^(x - largest) over each row, and stores what the function makes of every x with that sum. The
// largest element's own share, which is 1, is left out of the sum: a logarithm near 0 lives on what is
// beside it.

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

// What is known of a row, or of a part of one.
struct Summary {
    // The key of its largest element.
    highest: i32,
    // The sum of the shares of all others; -1 where there are none but -infinity.
    beside: vec2<f32>,
}

var<private> inputs: array<f32, STEPS>;

fn summary_of(team: Team) -> Summary {
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
                inputs[step] = load(place_of(team, element));
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
    let is_largest = top == highest && top > MINUS_INFINITY;
    sum = sum_of(sum, summand(select(top, MINUS_INFINITY, is_largest), shift));
    let beside = team_sum(team, sum) * (share(shift, number_of(highest)) / ENLARGED);
    return summary_with_equals(team, highest, beside, select(0.0, 1.0, is_largest));
}

// Of elements that are equal to the largest all but one are beside it.
fn summary_with_equals(team: Team, highest: i32, beside: vec2<f32>, equals: f32) -> Summary {
    let all = team_sum(team, vec2<f32>(equals, 0.0)).x;
    return Summary(highest, sum_of(vec2<f32>(all - 1.0, 0.0), beside));
}

fn packed(summary: Summary) -> vec4<u32> {
    return vec4<u32>(bitcast<u32>(summary.highest), bitcast<vec2<u32>>(summary.beside), 0u);
}

// Stores what becomes of the elements; is_kept tells whether they are still at hand.
fn store_results(team: Team, summary: Summary, is_kept: bool) {
    let norm = norm_of(summary.beside, number_of(summary.highest));
    let nan = bitcast<f32>(bitcast<u32>(summary.highest) | 0x7fc00000u);
    for (var block = 0u; block < settings.blocks; block++) {
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                let at = place_of(team, element);
                if !is_kept {
                    inputs[step] = load(at);
                }
                let y = result(inputs[step], norm);
                store_OUTPUT(at, select(y, nan, summary.highest >= INFINITY));
            }
        }
    }
}
