// Each team has a part of a row, and notes what is known of it.

fn work(team: Team) {
    let summary = packed(summary_of(team));
    if team.has_row && team.member == 0u {
        summaries[team.row * settings.all_parts + settings.first_part + team.part] = summary;
    }
}
