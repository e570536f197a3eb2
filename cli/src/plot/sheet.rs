//! The contact sheet: all activations side by side, small.

use std::ops::Range;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::data::Plot;
use super::legend::{self, Entry};
use super::panel::{self, Area, Drawn, Sizes, number};
use super::svg::{PIXEL, Svg};
use super::window::Window;

const COLUMNS: usize = 7;
/// The legend is as wide as this many panels.
const LEGEND_COLUMNS: usize = 4;
/// A panel's place, in pixels.
const CELL: (i32, i32) = (176, 160);
const MARGIN: i32 = 8;
const HEADER: i32 = 36;
/// Room for a name above its panel.
const NAME: i32 = 24;

pub(crate) const SIZES: Sizes = Sizes {
    unit: 10 * PIXEL,
    line: 2 * PIXEL as u32,
    dot: 2 * PIXEL as u32,
    text: 14 * PIXEL,
};

/// A curve's samples lie 2.5 pixels apart.
pub(crate) const STEPS: u32 = 64;

pub(crate) fn draw(plots: &[Plot]) -> Result<String, String> {
    let columns = plots.len().clamp(LEGEND_COLUMNS, COLUMNS);
    let rows = plots.len().div_ceil(columns);
    let width = 2 * MARGIN + columns as i32 * CELL.0;
    let height = MARGIN + HEADER + rows as i32 * CELL.1;
    let mut text = String::new();
    let title = format!("{} activations and their derivatives", plots.len());
    let size = (width as u32, height as u32);
    let area = Svg::new(&mut text, size, &title).into_drawing_area();
    let drawn = draw_on(&area, plots, columns).and_then(|()| area.present());
    drop(area);
    drawn.map_err(|error| error.to_string())?;
    Ok(text)
}

fn draw_on(area: &Area, plots: &[Plot], columns: usize) -> Drawn {
    let side = (CELL.0 * PIXEL - SIZES.panel().0) / 2;
    let entries = [
        Entry::F,
        Entry::Derivative,
        Entry::Kinks("kink".to_owned()),
        Entry::Saturated,
        Entry::Jump,
    ];
    let start = (MARGIN * PIXEL + side, (MARGIN + HEADER / 2) * PIXEL);
    legend::draw(area, start, &entries, SIZES)?;
    let window = Window::showing(&[]);
    let range = |range: Range<f64>| format!("{} … {}", number(range.start), number(range.end));
    let shown = format!("x {}, y {}", range(window.x()), range(window.y()));
    let end = (
        start.0 - side + columns as i32 * CELL.0 * PIXEL - side,
        start.1,
    );
    panel::label(area, end, &shown, SIZES.text, (HPos::Right, VPos::Center))?;
    for (index, plot) in plots.iter().enumerate() {
        let (row, column) = (index / columns, index % columns);
        let left = (MARGIN + column as i32 * CELL.0) * PIXEL + side;
        let top = (MARGIN + HEADER + row as i32 * CELL.1) * PIXEL;
        let base = top + (NAME - 6) * PIXEL;
        panel::label(
            area,
            (left, base),
            &plot.name,
            SIZES.text,
            (HPos::Left, VPos::Bottom),
        )?;
        if plot.window.scale() != 1.0 {
            let right = (left + SIZES.panel().0, base);
            let scale = format!("x to {}", number(plot.window.x().end));
            panel::label(area, right, &scale, SIZES.text, (HPos::Right, VPos::Bottom))?;
        }
        let plane = panel::plane(area, (left, top + NAME * PIXEL), SIZES, plot.window);
        panel::draw(&plane, plot, SIZES)?;
    }
    Ok(())
}
