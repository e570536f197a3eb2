//! requires log, two_product

// Notes the loss of a row, and what its gradient needs.

// The class of a row's target, or what it is instead.
fn class_of(row: u32) -> u32 {
    let lower = word_of_targets(row * TARGET_WORDS);
    var upper = 0u;
    if TARGET_WORDS == 2u {
        upper = word_of_targets(row * TARGET_WORDS + 1u);
    } else if TARGET_SIGNED {
        upper = select(0u, 0xffffffffu, (lower >> 31u) == 1u);
    }
    let is_class = upper == 0u && lower < settings.classes;
    let is_ignored = lower == settings.ignored.x && upper == settings.ignored.y;
    return select(select(IS_NO_CLASS, lower, is_class), IS_IGNORED, is_ignored);
}

// kept * (largest - x) + the shared distances + ln sum, none of which is negative.
fn loss_of(summary: Summary, x: f32) -> f32 {
    let sum = sum_of(vec2<f32>(1.0, 0.0), summary.beside);
    let bounded = max(sum.x, 1.0);
    let logarithm = math_log_parts(bounded);
    // Half of the distance is in range.
    let half = 0.5 * number_of(summary.highest) - 0.5 * number_of(key_of(x));
    let shared_part = (summary.distance.x + summary.distance.y) * (settings.shared_weight / REDUCED);
    let own_part = 2.0 * (settings.kept * half);
    return logarithm.x + ((logarithm.y + sum.y / bounded) + (own_part + shared_part));
}

// Every row's target lies in one part of it; the first part notes what has none.
fn store_results(team: Team, summary: Summary, is_kept: bool) {
    if !team.has_row || team.member > 0u {
        return;
    }
    let class_or_not = class_of(team.row);
    let has_class = class_or_not < settings.classes;
    let element = class_or_not - settings.first_part * settings.part_len;
    let is_own = has_class && element / settings.part_len == team.part && element < settings.len;
    let is_first = settings.first_part + team.part == 0u;
    if !is_own && (has_class || !is_first) {
        return;
    }
    var loss = 0.0;
    if is_own {
        let x = load_logits(place_of(team, element));
        let is_infinite = key_of(x) == MINUS_INFINITY || summary.is_open;
        let infinity = bitcast<f32>(0x7f800000u | (class_or_not & 0x80000000u));
        loss = select(loss_of(summary, x), infinity, is_infinite);
    }
    let is_number = summary.highest > MINUS_INFINITY && summary.highest < INFINITY;
    let nan = bitcast<f32>(bitcast<u32>(summary.highest) | 0x7fc00000u);
    let is_nan = class_or_not == IS_NO_CLASS || (has_class && !is_number);
    let at = team.row * RECORD;
    set_word_of_saved(at + LARGEST_LOGIT, bitcast<u32>(number_of(summary.highest)));
    set_word_of_saved(at + BESIDE, bitcast<u32>(summary.beside.x + summary.beside.y));
    set_word_of_saved(at + CLASS, class_or_not);
    set_word_of_saved(at + LOSS, bitcast<u32>(select(loss, nan, is_nan)));
}
