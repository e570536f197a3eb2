// One element at a time.

alias Lanes = f32;
alias Bits = u32;
alias Bools = bool;

fn slopes_of(element: u32) -> Lanes {
    let place = place_of(element);
    return slopes_at(place)[place & 3u];
}
