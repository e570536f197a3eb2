struct Settings {
    // Width and height in texels.
    size: vec2<u32>,
    // Whether alpha is that of the last image that is read.
    keeps_alpha: u32,
    padding: u32,
    parameters: Parameters,
}

@group(0) @binding(0) var<uniform> settings: Settings;
