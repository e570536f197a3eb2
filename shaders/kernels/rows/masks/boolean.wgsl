// A byte for each element, four in a word: it has a part in its row where that is not 0.
@group(0) @binding(SLOT) var<storage, ACCESS> NAME: array<u32>;

fn takes_part(team: Team, element: u32) -> bool {
    let at = settings.first[INDEX] + team.mask + element * settings.mask_stride;
    return ((NAME[at >> 2u] >> ((at & 3u) << 3u)) & 0xffu) != 0u;
}
