// What is known of a whole row, from its parts' summaries.

fn combined(team: Team) -> Summary {
    var top = MINUS_INFINITY;
    for (var part = team.member; part < settings.all_parts; part += THREADS) {
        top = max(top, bitcast<i32>(part_of(team, part).x));
    }
    let highest = team_largest(team, top);
    let largest = number_of(highest);
    var sum = vec2<f32>(0.0, 0.0);
    var equals = 0.0;
    var distance = vec2<f32>(0.0, 0.0);
    var open = 0;
    for (var part = team.member; part < settings.all_parts; part += THREADS) {
        let words = part_of(team, part);
        let key = bitcast<i32>(words.x);
        let beside = bitcast<f32>(words.y);
        let is_largest = key == highest && highest > MINUS_INFINITY;
        equals += select(0.0, 1.0, is_largest);
        let scaled = (1.0 + beside) * share(number_of(key), largest);
        sum = sum_of(sum, vec2<f32>(select(scaled, beside, is_largest), 0.0));
        if SMOOTH {
            open = max(open, select(0, 1, words.z == OPEN));
            let own = bitcast<vec2<f32>>(vec2<u32>(select(words.z, 0u, words.z == OPEN), words.w));
            let start = part * settings.part_len;
            let count = min(settings.classes - start, settings.part_len);
            distance = sum_of(distance, sum_of(own, distances_of(count, largest, number_of(key))));
        }
    }
    let all_equals = team_sum(team, vec2<f32>(equals, 0.0)).x;
    let beside = sum_of(vec2<f32>(all_equals - 1.0, 0.0), team_sum(team, sum));
    if !SMOOTH {
        return Summary(highest, beside, distance, false);
    }
    let is_open = team_largest(team, open) > 0;
    return Summary(highest, beside, team_sum(team, distance), is_open);
}
