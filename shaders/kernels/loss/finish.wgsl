// One workgroup makes one total of all, and notes the counts behind the last row's record.

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
    var total = Total();
    for (var at = local; at < settings.all_totals; at += WORKGROUP) {
        total = total_of(total, unpacked_total(summaries[at]));
    }
    let all = workgroup_total(local, total);
    if local == 0u {
        set_word_of_saved(0u, all.counted);
        set_word_of_saved(1u, all.invalid);
        set_word_of_saved(2u, 0u);
        set_word_of_saved(3u, 0u);
        reduce(all);
    }
}
