fn finish(result: u32, total: vec2<f32>) {
    let at = settings.first.x + result;
    kept[at] = sum_of(kept[at], total);
}
