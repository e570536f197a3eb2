// Four elements at a time. They share one counter, or where the seed begins in the middle of four, two.

alias Lanes = vec4<f32>;
alias Bits = vec4<u32>;
alias Bools = vec4<bool>;

fn slopes_of(item: u32) -> Lanes {
    let place = place_of(4u * item);
    let slopes = slopes_at(place);
    let shift = place & 3u;
    if shift == 0u {
        return slopes;
    }
    let next = slopes_at(place + 4u);
    let by_one = vec4<f32>(slopes.yzw, next.x);
    let by_two = vec4<f32>(slopes.zw, next.xy);
    let by_three = vec4<f32>(slopes.w, next.xyz);
    return select(select(by_three, by_two, shift == 2u), by_one, shift == 1u);
}
