//! A picture as PNG: dark on white, with a font that comes along, so that every machine draws the same.

use epaint_default_fonts::UBUNTU_LIGHT;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};

/// Pixels of it for each of the SVG.
const ENLARGED: f32 = 2.0;

pub(crate) fn rendered(svg: &str) -> Result<Vec<u8>, String> {
    let mut fonts = Database::new();
    fonts.load_font_data(UBUNTU_LIGHT.to_vec());
    fonts.set_sans_serif_family("Ubuntu");
    let options = Options {
        fontdb: fonts.into(),
        style_sheet: Some("svg{color:#24292f}".to_owned()),
        ..Options::default()
    };
    // The font has no prime.
    let svg = svg.replace('′', "'");
    let tree = Tree::from_str(&svg, &options).map_err(|error| error.to_string())?;
    let size = tree.size().to_int_size();
    let size = size.scale_by(ENLARGED).unwrap_or(size);
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or("it is too large")?;
    pixels.fill(Color::WHITE);
    let enlarged = Transform::from_scale(ENLARGED, ENLARGED);
    resvg::render(&tree, enlarged, &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_lines_are_dark_on_white() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40\" height=\"20\" viewBox=\"0 0 40 20\" \
                   font-family=\"sans-serif\"><text y=\"18\" font-size=\"20\" fill=\"currentColor\">f′</text>\
                   <path d=\"M30 0l0 20\" stroke=\"currentColor\" stroke-width=\"4\"/></svg>";
        let pixels = Pixmap::decode_png(&rendered(svg).unwrap()).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (80, 40));
        let red = |x, y| pixels.pixel(x, y).unwrap().red();
        assert_eq!((red(79, 20), red(60, 20)), (0xff, 0x24));
        let dark = |x: std::ops::Range<u32>| {
            x.flat_map(|x| (0..40).map(move |y| (x, y)))
                .filter(|&(x, y)| red(x, y) < 0x80)
                .count()
        };
        // The f and its prime.
        assert!(
            dark(0..10) > 20 && dark(12..24) > 5,
            "{} {}",
            dark(0..10),
            dark(12..24)
        );
    }
}
