//! requires two_product

// What enters the exponential is scale * x + mask. Elements are compared by that, in two parts, because a
// rounded sum of 87 costs 60 ULP; their ranks are the keys of the parts, the larger first. It is counted
// in units so large that it does not overflow.

alias Number = vec2<f32>;
alias Rank = vec2<i32>;

// That of an element that has no part in its row.
const LEAST: Rank = vec2<i32>(MINUS_INFINITY, 0);

fn key_in(rank: Rank) -> i32 {
    return rank.x;
}

// Where it is no number, as far from 0 as leaves room for a difference.
fn number_in(rank: Rank) -> Number {
    return vec2<f32>(clamp(number_of(rank.x), -0x1p126f, 0x1p126f), number_of(rank.y));
}

fn is_lower(a: Rank, b: Rank) -> bool {
    return a.x < b.x || (a.x == b.x && a.y < b.y);
}

fn lower(a: Rank, b: Rank) -> Rank {
    return select(b, a, is_lower(a, b));
}

fn higher(a: Rank, b: Rank) -> Rank {
    return select(a, b, is_lower(a, b));
}

fn is_same(a: Rank, b: Rank) -> bool {
    return all(a == b);
}

// The highest of the members' ranks.
fn team_highest(team: Team, rank: Rank) -> Rank {
    let first = team_largest(team, rank.x);
    return vec2<i32>(first, team_largest(team, select(MINUS_INFINITY, rank.y, rank.x == first)));
}

fn packed_rank(rank: Rank) -> vec2<u32> {
    return bitcast<vec2<u32>>(rank);
}

fn unpacked_rank(words: vec2<u32>) -> Rank {
    return bitcast<vec2<i32>>(words);
}

// The rank of an element, whose sign is what the function gives it.
fn load(team: Team, element: u32) -> Rank {
    let bits = bitcast<u32>(load_INPUT(place_of(team, element)));
    let x = key_of(bitcast<f32>(bits ^ settings.flip));
    let mask = key_of(load_mask(team.mask + element * settings.mask_stride));
    let sum = sum_in_units(number_of(x), number_of(mask));
    let largest = max(x, mask);
    // A mask of -infinity leaves out infinity too, but x = -infinity not a mask of infinity.
    let has_part = largest > INFINITY || mask == INFINITY || min(x, mask) > MINUS_INFINITY;
    let finite = vec2<i32>(key_of(sum.x), key_of(sum.y));
    return select(LEAST, select(vec2<i32>(largest, 0), finite, largest < INFINITY), has_part);
}

// scale * x + mask.
fn sum_in_units(x: f32, mask: f32) -> vec2<f32> {
    let scale = settings.scale * settings.per_unit;
    let product = math_rounded(scale * x);
    let is_exact = abs(x) > 1e-30 && abs(product) > 1e-30;
    let rest = math_two_product(scale, select(0.0, x, is_exact)).y;
    let sum = math_two_sum(product, mask * settings.per_unit);
    return math_ordered_sum(sum.x, sum.y + math_rounded(rest));
}

// a - b in units.
fn difference_in_units(a: Number, b: Number) -> vec2<f32> {
    let d = math_two_sum(a.x, -b.x);
    return math_ordered_sum(d.x, d.y + (a.y - b.y));
}

// a - b in two parts, where that is a finite f32.
fn difference(a: Number, b: Number) -> vec2<f32> {
    return difference_in_units(a, b) * settings.unit;
}

// Whether a - b is less than -amount, roughly.
fn is_below(a: Number, b: Number, amount: f32) -> bool {
    return difference_in_units(a, b).x < -amount * settings.per_unit;
}
