// What is known of a whole row, from its parts' summaries.

fn unpacked(word: vec4<u32>) -> Summary {
    return Summary(unpacked_rank(word.xy), bitcast<vec2<f32>>(word.zw));
}

fn combined(team: Team) -> Summary {
    var rank = LEAST;
    for (var part = team.member; part < settings.all_parts; part += THREADS) {
        rank = higher(rank, unpacked(part_of(team, part)).highest);
    }
    let highest = team_highest(team, rank);
    var equals = 0.0;
    var sum = vec2<f32>(0.0, 0.0);
    for (var part = team.member; part < settings.all_parts; part += THREADS) {
        let summary = unpacked(part_of(team, part));
        let is_largest = is_same(summary.highest, highest) && !is_same(highest, LEAST);
        equals += select(0.0, 1.0, is_largest);
        let whole = sum_of(vec2<f32>(1.0, 0.0), summary.beside);
        let scaled = whole * share(number_in(summary.highest), number_in(highest));
        sum = sum_of(sum, select(scaled, summary.beside, vec2<bool>(is_largest)));
    }
    return summary_with_equals(team, highest, team_sum(team, sum), equals);
}
