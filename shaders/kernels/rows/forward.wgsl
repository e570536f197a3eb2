//! requires exp, two_product

// Sums e^(x - largest) over each row, and stores what the function makes of every x with that sum. The
// largest element's own share, which is 1, is left out of the sum: a logarithm near 0 lives on what is
// beside it.

// While a row is read its largest element is not known yet, and what is summed is e^(x - shift). This is
// the most by which a later x may exceed the shift: beyond, the shift moves, and what was summed before,
// like the error of scaling it, is too small to count.
const SLACK: f32 = 40.0;
const ENLARGED: f32 = 0x1p24f;

// Whether e^(x - shift) is 0; here and below both are what enters the exponential.
fn vanishes(x: Number, shift: Number) -> bool {
    return is_below(x, shift, 120.0);
}

// The pieces of e^(x - shift), or of 1 where that vanishes.
fn exponential(x: Number, shift: Number) -> MathExp {
    let d = difference(select(x, shift, vanishes(x, shift)), shift);
    return math_exp_parts(d.x, d.y);
}

// e^(x - shift): what sums are multiplied with when the shift moves.
fn share(x: Number, shift: Number) -> f32 {
    return select(math_exp_value(exponential(x, shift)), 0.0, vanishes(x, shift));
}

// The share of the element with a rank, ENLARGED, so that it is not flushed where its share in a
// logarithm near 0 still counts; one that has no part has none.
fn summand(rank: Rank, shift: Number) -> vec2<f32> {
    let x = number_in(rank);
    let parts = exponential(x, shift);
    let share = math_exp_scale(parts, ENLARGED * math_exp_fraction(parts));
    return vec2<f32>(select(share, 0.0, is_same(rank, LEAST) || vanishes(x, shift)), 0.0);
}

// What is known of a row, or of a part of one.
struct Summary {
    // The rank of its largest element.
    highest: Rank,
    // The sum of the shares of all others; -1 where no element has a part.
    beside: vec2<f32>,
}

var<private> ranks: array<Rank, STEPS>;

fn summary_of(team: Team) -> Summary {
    var highest = LEAST;
    var shift = Number();
    // The rank of this invocation's largest element, which its sum is without.
    var top = LEAST;
    var sum = vec2<f32>(0.0, 0.0);
    for (var block = 0u; block < block_count(); block++) {
        var rank = LEAST;
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                ranks[step] = load(team, element);
                rank = higher(rank, ranks[step]);
            }
        }
        highest = higher(highest, team_highest(team, rank));
        let largest = number_in(highest);
        if block == 0u {
            shift = largest;
        } else if is_below(shift, largest, SLACK) {
            sum *= share(shift, largest);
            shift = largest;
        }
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                sum = sum_of(sum, summand(lower(ranks[step], top), shift));
                top = higher(ranks[step], top);
            }
        }
    }
    let is_largest = is_same(top, highest) && !is_same(top, LEAST);
    if is_largest {
        top = LEAST;
    }
    sum = sum_of(sum, summand(top, shift));
    let beside = team_sum(team, sum) * (share(shift, number_in(highest)) / ENLARGED);
    return summary_with_equals(team, highest, beside, select(0.0, 1.0, is_largest));
}

// Of elements that are equal to the largest all but one are beside it.
fn summary_with_equals(team: Team, highest: Rank, beside: vec2<f32>, equals: f32) -> Summary {
    let all = team_sum(team, vec2<f32>(equals, 0.0)).x;
    return Summary(highest, sum_of(vec2<f32>(all - 1.0, 0.0), beside));
}

fn packed(summary: Summary) -> vec4<u32> {
    return vec4<u32>(packed_rank(summary.highest), bitcast<vec2<u32>>(summary.beside));
}

// Stores what becomes of the elements; is_kept tells whether they are still at hand.
fn store_results(team: Team, summary: Summary, is_kept: bool) {
    let norm = norm_of(summary.beside, number_in(summary.highest));
    let key = key_in(summary.highest);
    let nan = bitcast<f32>(bitcast<u32>(key) | 0x7fc00000u);
    for (var block = 0u; block < block_count(); block++) {
        for (var step = 0u; step < STEPS; step++) {
            let element = element_of(team, block, step);
            if has_element(team, element) {
                if !is_kept {
                    ranks[step] = load(team, element);
                }
                let y = result(ranks[step], norm);
                store_OUTPUT(place_of(team, element), select(y, nan, key >= INFINITY));
            }
        }
    }
}
