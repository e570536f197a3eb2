fn finish(result: u32, total: vec2<f32>) {
    store_gradient(result, total.x + total.y);
}
