// What is known of a whole row, from its parts' summaries.

fn combined(team: Team) -> Summary {
    var sum = vec2<f32>(0.0, 0.0);
    for (var part = team.member; part < settings.all_parts; part += THREADS) {
        sum = sum_of(sum, bitcast<vec2<f32>>(part_of(team, part).xy));
    }
    return Summary(team_sum(team, sum));
}
