//! What a picture and the contact sheet have in common: the curves with their marks.

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::data::Plot;
use super::svg::{PIXEL, Svg, TEXT};
use super::window::Window;

/// All three have a contrast of more than 3 to white, and to the dark grounds of code hosts and of rustdoc.
pub(crate) const F: RGBColor = RGBColor(0x3a, 0x86, 0xe8);
pub(crate) const DERIVATIVE: RGBColor = RGBColor(0xe0, 0x6c, 0x1f);
pub(crate) const KINK: RGBColor = RGBColor(0xb3, 0x6a, 0xe2);
pub(crate) const KINK_WIDTH: u32 = 3 * PIXEL as u32 / 2;

pub(crate) type Area<'a> = DrawingArea<Svg<'a>, Shift>;
pub(crate) type Plane<'a> = DrawingArea<Svg<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
pub(crate) type DrawingError = DrawingAreaErrorKind<std::convert::Infallible>;
pub(crate) type Drawn = Result<(), DrawingError>;

/// How large things are, in the drawing's units.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    /// A unit of x, at scale 1.
    pub(crate) unit: i32,
    pub(crate) line: u32,
    pub(crate) dot: u32,
    pub(crate) text: i32,
}

impl Sizes {
    /// Width and height of a panel.
    pub(crate) fn panel(self) -> (i32, i32) {
        let (across, up) = Window::UNITS;
        let unit = Window::ASPECT as i32 * self.unit;
        (across * self.unit, up * unit)
    }

    /// How far a line ends before the centre of a ring, in units of x at scale 1.
    pub(crate) fn gap(self) -> f64 {
        f64::from(self.dot) / f64::from(self.unit)
    }
}

/// The part of the area, from that corner on, which shows the window.
pub(crate) fn plane<'a>(
    area: &Area<'a>,
    corner: (i32, i32),
    sizes: Sizes,
    window: Window,
) -> Plane<'a> {
    let part = area.clone().shrink(corner, sizes.panel());
    let (x, y) = part.get_pixel_range();
    part.apply_coord_spec(Cartesian2d::new(
        window.x(),
        window.y(),
        (x, y.end..y.start),
    ))
}

/// Draws what lies under the curves, then these.
pub(crate) fn draw(plane: &Plane, plot: &Plot, sizes: Sizes) -> Drawn {
    ground(plane, plot, sizes)?;
    curves(plane, plot, sizes)
}

/// Saturation, axes and kinks.
fn ground(plane: &Plane, plot: &Plot, sizes: Sizes) -> Drawn {
    let (x, y) = (plot.window.x(), plot.window.y());
    let bar =
        f64::from(sizes.line) / (Window::ASPECT * f64::from(sizes.unit)) * plot.window.scale();
    for part in &plot.saturated {
        let high = [(part.start, y.end), (part.end, y.start)];
        plane.draw(&Rectangle::new(high, saturation()))?;
        let low = [(part.start, y.start + bar), (part.end, y.start)];
        plane.draw(&Rectangle::new(low, DERIVATIVE.filled()))?;
    }
    let axis = TEXT.mix(0.5).stroke_width(PIXEL as u32);
    for ends in [
        [(x.start, 0.0), (x.end, 0.0)],
        [(0.0, y.start), (0.0, y.end)],
    ] {
        plane.draw(&PathElement::new(ends, axis))?;
    }
    let frame = [(x.start, y.end), (x.end, y.start)];
    plane.draw(&Rectangle::new(
        frame,
        TEXT.mix(0.3).stroke_width(PIXEL as u32),
    ))?;
    for &kink in &plot.kinks {
        let ends = [(kink, y.start), (kink, y.end)];
        plane.draw(&PathElement::new(ends, KINK.stroke_width(KINK_WIDTH)))?;
    }
    Ok(())
}

fn curves(plane: &Plane, plot: &Plot, sizes: Sizes) -> Drawn {
    let curves = [
        (
            &plot.derivative,
            DERIVATIVE.stroke_width(sizes.line * 3 / 4),
        ),
        (&plot.f, F.stroke_width(sizes.line)),
    ];
    for (curve, style) in curves {
        for line in &curve.lines {
            plane.draw(&PathElement::new(line.as_slice(), style))?;
        }
    }
    // Above both curves.
    for (curve, style) in curves {
        for &ring in &curve.open {
            plane.draw(&Circle::new(
                ring,
                sizes.dot,
                style.color.stroke_width(sizes.dot / 2),
            ))?;
        }
        for &point in &curve.closed {
            plane.draw(&Circle::new(point, filled(sizes.dot), style.color.filled()))?;
        }
    }
    Ok(())
}

/// The colour of the ground where an activation is saturated.
pub(crate) fn saturation() -> ShapeStyle {
    DERIVATIVE.mix(0.12).filled()
}

/// The radius of a dot that looks as large as a ring of that radius.
pub(crate) fn filled(ring: u32) -> u32 {
    ring + ring / 4
}

pub(crate) fn label(
    area: &Area,
    at: (i32, i32),
    words: &str,
    size: i32,
    (h, v): (HPos, VPos),
) -> Drawn {
    let style = ("sans-serif", size).into_font().color(&TEXT);
    area.draw(&Text::new(words.to_owned(), at, style.pos(Pos::new(h, v))))
}

/// A number as it stands beside an axis.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    let text = if size != 0.0 && !(1e-3..1e6).contains(&size) {
        format!("{value:.3e}").replace(".000e", "e")
    } else {
        let decimals = format!("{value:.4}");
        let short = decimals.trim_end_matches('0').trim_end_matches('.');
        short.to_owned()
    };
    match text.as_str() {
        "-0" => "0".to_owned(),
        _ => text.replace('-', "−"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shown = [3.0, -0.5, 0.0, -0.0, 1.0 / 3.0, 100.0].map(number);
        assert_eq!(shown, ["3", "−0.5", "0", "0", "0.3333", "100"]);
        let far = [1e-5, -2.5e-7, 3e30, 123_456.0].map(number);
        assert_eq!(far, ["1e−5", "−2.500e−7", "3e30", "123456"]);
    }

    /// By the definition of WCAG 2.2 for relative luminance and contrast.
    #[test]
    fn colours_are_readable_on_light_and_dark() {
        let luminance = |RGBColor(r, g, b): RGBColor| {
            let linear = [r, g, b].map(|part| match f64::from(part) / 255.0 {
                part if part <= 0.04045 => part / 12.92,
                part => ((part + 0.055) / 1.055).powf(2.4),
            });
            0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        };
        // White, and the dark grounds of GitHub and of rustdoc's three themes.
        let [light, dark @ ..] = [0xffffff, 0x0d1117, 0x353535, 0x0f1419].map(|rgb: u32| {
            let [_, r, g, b] = rgb.to_be_bytes();
            luminance(RGBColor(r, g, b))
        });
        for colour in [F, DERIVATIVE, KINK] {
            let colour = luminance(colour);
            assert!((light + 0.05) / (colour + 0.05) > 3.0);
            for ground in dark {
                assert!((colour + 0.05) / (ground + 0.05) > 3.0);
            }
        }
    }
}
