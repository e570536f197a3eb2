use super::screen::encode;
use super::*;

/// What a screen shows of a radiance, by f64.
fn shown(curve: &Activation, exposure: f64, radiance: f16) -> u8 {
    let reference = curve.reference().expect("its twin");
    let exposed = f16::from_f64(exposure * radiance.to_f64());
    let mapped = reference.forward_at(exposed.to_f64(), &curve.values_f64());
    encode(f16::from_f64(mapped).to_f32())
}

#[test]
fn every_pixel_is_what_the_curve_makes_of_its_radiance() {
    let gpu = Offload::new().expect("an adapter");
    let size = (96, 54);
    let texels = film(size);
    let hdr = upload(&gpu, size, &texels).expect("a device");
    for (name, exposure) in CURVES.into_iter().zip([1.0, 0.25, 4.0, 1.0]) {
        let curve = Activation::named(name).expect("it exists");
        let mapped = map(&gpu, &curve, exposure, &hdr).expect("a device");
        let picture = read(&gpu, &mapped).expect("a device");
        assert_eq!((picture.width, picture.height), size);
        for (pixel, texel) in picture.pixels.iter().zip(&texels) {
            for (actual, radiance) in pixel.iter().zip(texel) {
                let expected = shown(&curve, exposure, *radiance);
                // One step where f16 rounds to the other side.
                assert!(
                    actual.abs_diff(expected) <= 1,
                    "{name} of {radiance}: {actual}, not {expected}"
                );
            }
        }
    }
}

/// Else the picture would show nothing of what curves are for.
#[test]
fn the_scene_has_more_than_a_screen_shows() {
    let texels = film((160, 90));
    let brightness = texels.iter().map(|texel| texel[1].to_f32());
    let (mut beyond, mut dark) = (0, 0);
    for value in brightness {
        assert!(value.is_finite() && value > 0.0, "{value}");
        beyond += usize::from(value > 1.0);
        dark += usize::from(value < 0.05);
    }
    let all = texels.len();
    assert!((all / 50..all / 2).contains(&beyond), "{beyond} of {all}");
    assert!(dark > all / 50, "{dark} of {all}");
}

#[test]
fn a_sheet_holds_each_picture_in_its_place() {
    let one = |value| Picture {
        width: 2,
        height: 1,
        pixels: vec![[value; 3]; 2],
    };
    let sheet = Picture::sheet(&[one(1), one(2), one(3)], 2);
    assert_eq!((sheet.width, sheet.height), (8, 6));
    let at = |x: u32, y: u32| sheet.pixels[(y * sheet.width + x) as usize][0];
    assert_eq!(
        [at(0, 0), at(1, 0), at(2, 0), at(6, 0), at(1, 5), at(7, 5)],
        [1, 1, 0, 2, 3, 0]
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let folder = file.path().join("inside");
    let arguments = Arguments::parse_from(["tone_mapping", folder.to_str().expect("UTF-8")]);
    let message = run(&arguments).expect_err("it is in a file").to_string();
    assert!(
        message.contains(folder.to_str().expect("UTF-8")),
        "{message}"
    );
}

/// Drawn with `--width 318 --height 179`.
#[test]
fn the_readmes_picture_is_what_the_example_draws() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("UTF-8");
    let words = ["tone_mapping", out, "--width", "318", "--height", "179"];
    run(&Arguments::parse_from(words)).expect("drawn");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tone_mapping.png");
    let (drawn, kept) = (pixels(&folder.path().join("sheet.png")), pixels(&kept));
    assert_eq!(drawn.len(), kept.len(), "another size");
    let off = std::iter::zip(&drawn, &kept).filter(|(one, other)| one.abs_diff(**other) > 1);
    // A platform's sines may move the edge of a lamp or a wave by a pixel.
    let off = off.count();
    assert!(off * 1000 < kept.len(), "{off} of {} differ", kept.len());
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("a file")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    let expected = [
        "hard_tanh.png",
        "isru.png",
        "sheet.png",
        "softsign.png",
        "tanh.png",
    ];
    assert_eq!(names, expected);
}

fn pixels(path: &Path) -> Vec<u8> {
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("a picture"));
    let mut reader = png::Decoder::new(file).read_info().expect("a header");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
    reader.next_frame(&mut pixels).expect("pixels");
    pixels
}
