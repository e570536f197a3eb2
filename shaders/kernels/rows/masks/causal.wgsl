// A row's place in the mask is the number of its query, as the elements' are those of their keys.

fn takes_part(team: Team, element: u32) -> bool {
    return element + settings.behind < team.mask + settings.ahead;
}
