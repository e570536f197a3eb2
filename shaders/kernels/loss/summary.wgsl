//! requires exp, two_product

// Reads every logit of a row, or of a part of one, once. What is summed is e^(x - shift) for a shift of each
// invocation's own, which moves when a logit exceeds it by more than SLACK: seldom, so that the sum is
// not scaled again and again. The largest logit's own share, which is 1, is left out: the loss of a row
// whose target is almost certain is what is beside it.

const SLACK: f32 = 40.0;
// Sums are so much larger, so that they are not flushed where they still count.
const ENLARGED: f32 = 0x1p24f;
// Distances are so much smaller, so that their sum stays in range.
const REDUCED: f32 = 0x1p-32f;

struct Summary {
    // The key of the largest logit.
    highest: i32,
    // The sum of e^(x - largest) over all others; -1 where there are none but -infinity.
    beside: vec2<f32>,
    // The sum of REDUCED * (largest - x), and whether one of these is infinite.
    distance: vec2<f32>,
    is_open: bool,
}

// e^(x - shift): what sums are multiplied with when the shift moves.
fn share(x: f32, shift: f32) -> f32 {
    return select(math_exp_value(exponential(x, shift)), 0.0, vanishes(x, shift));
}

fn summand(key: i32, shift: f32) -> vec2<f32> {
    let x = number_of(key);
    let parts = exponential(x, shift);
    let share = math_exp_scale(parts, ENLARGED * math_exp_fraction(parts));
    return vec2<f32>(select(share, 0.0, key == MINUS_INFINITY || vanishes(x, shift)), 0.0);
}

// REDUCED * (a - b).
fn distance_of(a: f32, b: f32) -> vec2<f32> {
    return math_two_sum(REDUCED * a, -(REDUCED * b));
}

// So many times a distance.
fn distances_of(count: u32, a: f32, b: f32) -> vec2<f32> {
    return math_pair_product(distance_of(a, b), vec2<f32>(f32(count), 0.0));
}

fn summary_of(team: Team) -> Summary {
    var shift = 0.0;
    // The key of the largest logit so far, which the sum is without.
    var top = MINUS_INFINITY;
    var sum = vec2<f32>(0.0, 0.0);
    var distance = vec2<f32>(0.0, 0.0);
    var count = 0u;
    var open = 0;
    for (var block = 0u; block < block_count(); block++) {
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                let key = key_of(load_logits(place_of(team, element)));
                let x = number_of(key);
                let is_first = top == MINUS_INFINITY && key > MINUS_INFINITY;
                if is_first || 0.5 * x - 0.5 * shift > 0.5 * SLACK {
                    sum *= share(min(shift, x), x);
                    if SMOOTH {
                        distance = sum_of(distance, distances_of(count, x, shift));
                    }
                    shift = x;
                }
                sum = sum_of(sum, summand(min(key, top), shift));
                top = max(key, top);
                if SMOOTH {
                    open = max(open, select(0, 1, key == MINUS_INFINITY));
                    distance = sum_of(distance, distance_of(shift, x));
                    count += 1u;
                }
            }
        }
    }
    let highest = team_largest(team, top);
    let largest = number_of(highest);
    let is_largest = top == highest && top > MINUS_INFINITY;
    sum = sum_of(sum, summand(select(top, MINUS_INFINITY, is_largest), shift));
    let beside = team_sum(team, sum * share(min(shift, largest), largest));
    let all_beside = beside_with_equals(team, beside * (1.0 / ENLARGED), is_largest);
    if !SMOOTH {
        return Summary(highest, all_beside, vec2<f32>(0.0, 0.0), false);
    }
    distance = sum_of(distance, distances_of(count, largest, shift));
    let is_open = team_largest(team, open) > 0;
    return Summary(highest, all_beside, team_sum(team, distance), is_open);
}

// Of logits that are equal to the largest all but one are beside it.
fn beside_with_equals(team: Team, beside: vec2<f32>, is_largest: bool) -> vec2<f32> {
    let equals = team_sum(team, vec2<f32>(select(0.0, 1.0, is_largest), 0.0)).x;
    return sum_of(vec2<f32>(equals - 1.0, 0.0), beside);
}
