//! A plotters back end that writes small SVG for light and dark.
//!
//! Text and rules have the colour of the text around an inline picture, or as a file of its own the one that suits
//! the viewer's light or dark scheme. All other colours have to be readable on both.

use std::convert::Infallible;

use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{BLACK, FontTransform};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
};

/// The colour that stands for that of text.
pub(crate) const TEXT: plotters::style::RGBColor = BLACK;

/// How many of a drawing's units are one pixel of the picture: plotters draws at whole numbers.
pub(crate) const PIXEL: i32 = 8;

/// Text beside dark and light, where the picture is a file of its own. In a page no rule applies.
const STYLE: &str = "<style>svg:root{color:#24292f}@media(prefers-color-scheme:dark){svg:root{color:#d1d7de}}</style>";

pub(crate) struct Svg<'a> {
    text: &'a mut String,
    size: (u32, u32),
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> Svg<'a> {
    /// Starts a picture of that many pixels in an empty text; [`DrawingBackend::present`] ends it.
    pub(crate) fn new(text: &'a mut String, (width, height): (u32, u32), title: &str) -> Self {
        let size = (width * PIXEL as u32, height * PIXEL as u32);
        text.push_str(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {} {}\" style=\"max-width:100%;height:auto\" font-family=\"sans-serif\" \
             fill=\"none\" stroke-linejoin=\"round\">\n<title>{}</title>\n{STYLE}\n",
            size.0,
            size.1,
            escaped(title)
        ));
        Self { text, size }
    }

    fn element(&mut self, name: &str, attributes: &str, paint: &str) {
        self.text
            .push_str(&format!("<{name} {attributes}{paint}/>\n"));
    }
}

impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        if !self.text.ends_with("</svg>\n") {
            self.text.push_str("</svg>\n");
        }
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (width, height) = (right - left, bottom - top);
        let place = format!("x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"");
        self.element("rect", &place, &paint(style, fill));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let data = format!("d=\"{}\"", path_data(path));
        self.element("path", &data, &paint(style, false));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let place = format!("cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"");
        self.element("circle", &place, &paint(style, fill));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let data = format!("d=\"{}z\"", path_data(path));
        self.element("path", &data, &paint(style, true));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        if text.is_empty() {
            return Ok(());
        }
        // Capitals and digits are about 0.72 em high.
        let drop = match style.anchor().v_pos {
            VPos::Top => 0.72,
            VPos::Center => 0.36,
            VPos::Bottom => 0.0,
        };
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let turn = match style.transform() {
            FontTransform::None => String::new(),
            FontTransform::Rotate90 => format!(" transform=\"rotate(90 {x} {y})\""),
            FontTransform::Rotate180 => format!(" transform=\"rotate(180 {x} {y})\""),
            FontTransform::Rotate270 => format!(" transform=\"rotate(270 {x} {y})\""),
        };
        let weight = match style.style() {
            FontStyle::Bold => " font-weight=\"bold\"",
            FontStyle::Normal | FontStyle::Oblique | FontStyle::Italic => "",
        };
        let size = style.size();
        let baseline = y + (drop * size).round() as i32;
        self.text.push_str(&format!(
            "<text x=\"{x}\" y=\"{baseline}\" font-size=\"{size}\"{weight}{anchor}{turn}{}>{}</text>\n",
            paint(&style.color(), true),
            escaped(text)
        ));
        Ok(())
    }
}

/// The attributes that colour an element.
fn paint<S: BackendStyle>(style: &S, fill: bool) -> String {
    let BackendColor { alpha, rgb } = style.color();
    let property = if fill { "fill" } else { "stroke" };
    let mut paint = match rgb {
        rgb if rgb == (TEXT.0, TEXT.1, TEXT.2) => format!(" {property}=\"currentColor\""),
        (red, green, blue) => format!(" {property}=\"#{red:02x}{green:02x}{blue:02x}\""),
    };
    if alpha < 1.0 {
        paint.push_str(&format!(" {property}-opacity=\"{alpha}\""));
    }
    if !fill {
        paint.push_str(&format!(" stroke-width=\"{}\"", style.stroke_width()));
    }
    paint
}

/// The first point, then from each to the next; without those that are where the one before is.
fn path_data(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut points: Vec<_> = points.into_iter().collect();
    points.dedup();
    let mut data = String::new();
    let mut last = None;
    for (x, y) in points {
        match last {
            None => data.push_str(&format!("M{x} {y}l")),
            Some((from_x, from_y)) => {
                push_number(&mut data, x - from_x);
                push_number(&mut data, y - from_y);
            }
        }
        last = Some((x, y));
    }
    data
}

/// A minus separates numbers as a space does.
fn push_number(data: &mut String, number: i32) {
    if data.ends_with(|c: char| c.is_ascii_digit()) && number >= 0 {
        data.push(' ');
    }
    data.push_str(&number.to_string());
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::prelude::*;

    #[test]
    fn paths_are_short() {
        let path = [(10, 20), (19, 17), (19, 17), (28, 17), (20, 30)];
        assert_eq!(path_data(path), "M10 20l9-3 9 0-8 13");
    }

    #[test]
    fn a_drawing_becomes_elements() {
        let mut text = String::new();
        {
            let area = Svg::new(&mut text, (20, 10), "a < b").into_drawing_area();
            let style = Color::stroke_width(&TEXT.mix(0.5), 3);
            area.draw(&PathElement::new([(0, 0), (8, 4)], style))
                .unwrap();
            area.draw(&Rectangle::new([(1, 2), (4, 6)], RED.filled()))
                .unwrap();
            let label = ("sans-serif", 40).into_font().color(&TEXT);
            area.draw(&Text::new("|f′| < 1", (3, 10), label)).unwrap();
            area.present().unwrap();
        }
        for part in [
            "viewBox=\"0 0 160 80\"",
            "<title>a &lt; b</title>",
            "<path d=\"M0 0l8 4\" stroke=\"currentColor\" stroke-opacity=\"0.5\" stroke-width=\"3\"/>",
            "<rect x=\"1\" y=\"2\" width=\"3\" height=\"4\" fill=\"#ff0000\"/>",
            "<text x=\"3\" y=\"39\" font-size=\"40\" fill=\"currentColor\">|f′| &lt; 1</text>\n</svg>\n",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(text.matches("</svg>").count(), 1);
        // A page's Markdown would end the picture there.
        assert!(!text.contains("\n\n"));
    }
}
