fn finish(result: u32, total: vec2<f32>) {
    kept[result] = total;
}
