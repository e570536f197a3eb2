//! What is drawn, held against f64 and against the README's picture.

use wgpu_activations::Activation;

use super::{SECONDS, exact, gpu, picture, place, scene};
use crate::camera::Camera;
use crate::field::{PERIOD, VERTICES};
use crate::headless::Picture;

/// Seen from above, where nothing hides anything: what f64 says rises is red, what sinks is blue, and what rests is
/// nearly as grey as the light.
#[test]
fn colours_follow_from_the_reference() {
    const SIZE: (u32, u32) = (400, 400);
    let (gpu, gelu, camera) = (gpu(), Activation::gelu(), Camera::above());
    let scene = scene(&gpu, SIZE, "gelu");
    let picture = picture(&gpu, &scene, SIZE, &camera);
    let matrix = camera.view_projection(1.0);
    let mut seen = [0; 3];
    for index in 0..VERTICES as usize {
        let [x, z] = place(index);
        if x.hypot(z) > 0.75 {
            continue;
        }
        let [height, _, _, speed] = exact(&gelu, [x, z], SECONDS);
        let pixel = pixel_of(&matrix, SIZE, [x, LIFT * height, z]);
        let [red, _, blue] = picture.pixels[pixel].map(i32::from);
        let warmth = red - blue;
        let (kind, is_right) = match speed {
            // From here on the scale's colours outweigh those of sun and shade.
            0.5.. => (0, warmth > 30),
            ..-0.5 => (1, warmth < -30),
            -0.01..0.01 => (2, warmth.abs() < 30),
            _ => continue,
        };
        seen[kind] += 1;
        assert!(
            is_right,
            "{x} {z}: speed {speed}, {:?}",
            picture.pixels[pixel]
        );
    }
    assert!(seen.iter().all(|&count| count > 1000), "{seen:?}");
}

/// As in `surface.wgsl`.
const LIFT: f64 = 0.13;

/// The index of the pixel that shows a point.
fn pixel_of(matrix: &[[f32; 4]; 4], (width, height): (u32, u32), [x, y, z]: [f64; 3]) -> usize {
    let row = |row: usize| {
        let columns = matrix.map(|column| f64::from(column[row]));
        columns[0] * x + columns[1] * y + columns[2] * z + columns[3]
    };
    let (right, up) = (row(0) / row(3), row(1) / row(3));
    let column = (right + 1.0) / 2.0 * f64::from(width);
    let line = (1.0 - up) / 2.0 * f64::from(height);
    line as usize * width as usize + column as usize
}

/// Adapters differ in the last bits and along edges: a share of the pixels by more than `FAR`, all together by
/// less than `MEAN` of 255 on average. (SwiftShader: 0.00002 and 0.09, to Mesa's picture.)
#[test]
fn the_picture_is_that_of_the_readme() {
    const FAR: u8 = 24;
    const SHARE: f64 = 0.002;
    const MEAN: f64 = 0.3;
    let expected = decode(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/renderer.png"));
    let gpu = gpu();
    let scene = scene(&gpu, expected.size, "gelu");
    let actual = picture(&gpu, &scene, expected.size, &Camera::at(SECONDS));
    let pairs = actual.pixels.iter().zip(&expected.pixels);
    let furthest = |(a, b): (&[u8; 3], &[u8; 3])| (0..3).map(|i| a[i].abs_diff(b[i])).max();
    let differences: Vec<_> = pairs.filter_map(furthest).collect();
    let count = differences.len() as f64;
    let far = differences
        .iter()
        .filter(|&&difference| difference > FAR)
        .count() as f64;
    let sum: f64 = differences
        .iter()
        .map(|&difference| f64::from(difference))
        .sum();
    let (share, mean) = (far / count, sum / count);
    println!("{share:.5} of the pixels differ by more than {FAR}; {mean:.4} on average");
    assert!(share <= SHARE && mean <= MEAN, "{share} {mean}");
}

fn decode(path: &str) -> Picture {
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("it is there"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("not huge")];
    let info = reader.next_frame(&mut bytes).expect("a picture");
    assert_eq!(info.color_type, png::ColorType::Rgb);
    let pixels = bytes.chunks(3).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
    Picture {
        size: (info.width, info.height),
        pixels: pixels.collect(),
    }
}

#[test]
fn another_size_leaves_no_trace() {
    let (gpu, camera) = (gpu(), Camera::at(SECONDS));
    let mut resized = scene(&gpu, (64, 64), "gelu");
    let size = (120, 70);
    resized.resize(&gpu, size).expect("it is small");
    let fresh = scene(&gpu, size, "gelu");
    let [resized, fresh] = [&resized, &fresh].map(|scene| picture(&gpu, scene, size, &camera));
    assert_eq!(resized.pixels, fresh.pixels);
}

#[test]
fn the_animation_repeats_itself() {
    let (gpu, size, camera) = (gpu(), (120, 70), Camera::at(0.0));
    let scene = scene(&gpu, size, "gelu");
    let [first, later, much_later] = [0.5, 1.5, 0.5 + 1e6 * PERIOD]
        .map(|seconds| Picture::of(&gpu, &scene, size, seconds, &camera).expect("a picture"));
    assert_eq!(first.pixels, much_later.pixels);
    assert_ne!(first.pixels, later.pixels);
}
