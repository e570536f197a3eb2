//! One activation, f and f′.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::data::Plot;
use super::legend::{self, Entry};
use super::panel::{self, Area, Drawn, Plane, Sizes, number};
use super::svg::{PIXEL, Svg, TEXT};

const SIZE: (u32, u32) = (640, 540);
/// The upper left corner of what is plotted, in pixels.
const CORNER: (i32, i32) = (48, 62);

pub(crate) const SIZES: Sizes = Sizes {
    unit: 36 * PIXEL,
    line: 3 * PIXEL as u32,
    dot: 4 * PIXEL as u32,
    text: 13 * PIXEL,
};

/// A curve's samples lie 2.25 pixels apart.
pub(crate) const STEPS: u32 = 256;

pub(crate) fn draw(plot: &Plot) -> Result<String, String> {
    let mut text = String::new();
    let title = format!("{} and its derivative", plot.name);
    let area = Svg::new(&mut text, SIZE, &title).into_drawing_area();
    let drawn = draw_on(&area, plot).and_then(|()| area.present());
    drop(area);
    drawn.map_err(|error| error.to_string())?;
    Ok(text)
}

fn draw_on(area: &Area, plot: &Plot) -> Drawn {
    let left = CORNER.0 * PIXEL;
    let right = left + SIZES.panel().0;
    let name = ("sans-serif", 20 * PIXEL)
        .into_font()
        .style(FontStyle::Bold);
    let name = name.color(&TEXT).pos(Pos::new(HPos::Left, VPos::Bottom));
    area.draw(&Text::new(plot.name.clone(), (left, 26 * PIXEL), name))?;
    let beside = (HPos::Right, VPos::Bottom);
    panel::label(
        area,
        (right, 26 * PIXEL),
        &plot.parameters,
        SIZES.text,
        beside,
    )?;
    legend::draw(area, (left, 45 * PIXEL), &entries(plot), SIZES)?;

    let plane = panel::plane(area, (left, CORNER.1 * PIXEL), SIZES, plot.window);
    grid(area, &plane, plot)?;
    panel::draw(&plane, plot, SIZES)?;

    let (width, height) = SIZES.panel();
    let bottom = CORNER.1 * PIXEL + height;
    if plot.jumps() {
        legend::draw(area, (left, bottom + 35 * PIXEL), &[Entry::Jump], SIZES)?;
    }
    let below = (left + width / 2, bottom + 30 * PIXEL);
    panel::label(area, below, "x", SIZES.text, (HPos::Center, VPos::Top))?;
    let turned = ("sans-serif", SIZES.text)
        .into_font()
        .transform(FontTransform::Rotate270);
    let turned = turned.color(&TEXT).pos(Pos::new(HPos::Center, VPos::Top));
    let beside = (6 * PIXEL, CORNER.1 * PIXEL + height / 2);
    area.draw(&Text::new("f(x), f′(x)", beside, turned))
}

fn entries(plot: &Plot) -> Vec<Entry> {
    let mut entries = vec![Entry::F, Entry::Derivative];
    let kinks: Vec<_> = plot.kinks.iter().map(|&kink| number(kink)).collect();
    match &kinks[..] {
        [] => {}
        [kink] => entries.push(Entry::Kinks(format!("kink at {kink}"))),
        _ => entries.push(Entry::Kinks(format!("kinks at {}", kinks.join(", ")))),
    }
    if !plot.saturated.is_empty() {
        entries.push(Entry::Saturated);
    }
    entries
}

/// Lines at every second unit of x and every one of y, with their numbers.
fn grid(area: &Area, plane: &Plane, plot: &Plot) -> Drawn {
    let (x, y, scale) = (plot.window.x(), plot.window.y(), plot.window.scale());
    let line = TEXT.mix(0.12).stroke_width(PIXEL as u32);
    let text = SIZES.text;
    for n in -4..=4 {
        let at = 2.0 * f64::from(n) * scale;
        plane.draw(&PathElement::new([(at, y.start), (at, y.end)], line))?;
        let (across, down) = plane.map_coordinate(&(at, y.start));
        let below = (across, down + 7 * PIXEL);
        panel::label(area, below, &number(at), text, (HPos::Center, VPos::Top))?;
    }
    for n in -2..=4 {
        let at = f64::from(n) * scale;
        plane.draw(&PathElement::new([(x.start, at), (x.end, at)], line))?;
        let (across, down) = plane.map_coordinate(&(x.start, at));
        let beside = (across - 7 * PIXEL, down);
        panel::label(area, beside, &number(at), text, (HPos::Right, VPos::Center))?;
    }
    Ok(())
}
