//! requires two_product

// What enters the exponential is scale * x. Elements are compared by their x, of which the key is an
// element's rank in its row.

alias Number = f32;
alias Rank = i32;

// That of an element that has no part in its row.
const LEAST: Rank = MINUS_INFINITY;

fn key_in(rank: Rank) -> i32 {
    return rank;
}

fn number_in(rank: Rank) -> Number {
    return number_of(rank);
}

fn lower(a: Rank, b: Rank) -> Rank {
    return min(a, b);
}

fn higher(a: Rank, b: Rank) -> Rank {
    return max(a, b);
}

fn is_same(a: Rank, b: Rank) -> bool {
    return a == b;
}

// The highest of the members' ranks.
fn team_highest(team: Team, rank: Rank) -> Rank {
    return team_largest(team, rank);
}

fn packed_rank(rank: Rank) -> vec2<u32> {
    return vec2<u32>(bitcast<u32>(rank), 0u);
}

fn unpacked_rank(words: vec2<u32>) -> Rank {
    return bitcast<i32>(words.x);
}

// The rank of an element, whose sign is what the function gives it.
fn load(team: Team, element: u32) -> Rank {
    var rank = LEAST;
    if takes_part(team, element) {
        let bits = bitcast<u32>(load_INPUT(place_of(team, element)));
        rank = key_of(bitcast<f32>(bits ^ settings.flip));
    }
    return rank;
}

// scale * (x - shift) in two parts, where that is a finite f32.
fn difference(x: Number, shift: Number) -> vec2<f32> {
    // A quarter of each, where x - shift could overflow.
    let part = select(1.0, 0.25, max(abs(x), abs(shift)) > 1e37);
    let scale = select(settings.scale, 4.0 * settings.scale, part < 1.0);
    let d = math_two_sum(part * x, -(part * shift));
    let product = scale * d.x;
    let is_exact = abs(d.x) > 1e-30 && abs(product) > 1e-30 && abs(product) < 1e38;
    let rest = math_two_product(scale, select(0.0, d.x, is_exact)).y;
    return vec2<f32>(product, rest + scale * d.y);
}

// Whether scale * (x - shift) is less than -amount, roughly.
fn is_below(x: Number, shift: Number, amount: f32) -> bool {
    return (0.5 * x - 0.5 * shift) * settings.scale < -0.5 * amount;
}
