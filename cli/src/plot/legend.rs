//! What the colours and marks mean.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use wgpu_activations::Statistics;

use super::panel::{
    Area, DERIVATIVE, DrawingError, Drawn, F, KINK, KINK_WIDTH, Sizes, filled, label, saturation,
};
use super::svg::TEXT;

/// What one explains.
pub(crate) enum Entry {
    F,
    Derivative,
    /// In these words.
    Kinks(String),
    Saturated,
    Jump,
}

/// Writes a legend in one line from a point on, half the height of its text below it.
pub(crate) fn draw(area: &Area, start: (i32, i32), entries: &[Entry], sizes: Sizes) -> Drawn {
    let (mut x, y) = start;
    for entry in entries {
        let words = match entry {
            Entry::F => "f(x)",
            Entry::Derivative => "f′(x)",
            Entry::Kinks(words) => words,
            Entry::Saturated => &format!("saturated: |f′| < {}", Statistics::THRESHOLD),
            Entry::Jump => "value and limit at a jump",
        };
        x += swatch(area, (x, y), entry, sizes)? + sizes.text / 2;
        label(area, (x, y), words, sizes.text, (HPos::Left, VPos::Center))?;
        // Letters are about half as wide as they are high.
        x += words.chars().count() as i32 * sizes.text * 11 / 20 + sizes.text;
    }
    Ok(())
}

/// Draws what an entry explains; returns its width.
fn swatch(
    area: &Area,
    (x, y): (i32, i32),
    entry: &Entry,
    sizes: Sizes,
) -> Result<i32, DrawingError> {
    let (line, half, long) = (sizes.line, sizes.text / 2, 3 * sizes.text / 2);
    let curve = |style| PathElement::new([(x, y), (x + long, y)], style);
    match entry {
        Entry::F => area.draw(&curve(F.stroke_width(line)))?,
        Entry::Derivative => area.draw(&curve(DERIVATIVE.stroke_width(line * 3 / 4)))?,
        Entry::Kinks(_) => {
            let ends = [(x, y - half), (x, y + half)];
            area.draw(&PathElement::new(ends, KINK.stroke_width(KINK_WIDTH)))?;
            return Ok(0);
        }
        Entry::Saturated => {
            let (top, bottom) = (y - half, y + half);
            let ground = [(x, top), (x + long, bottom)];
            area.draw(&Rectangle::new(ground, saturation()))?;
            let bar = [(x, bottom - line as i32), (x + long, bottom)];
            area.draw(&Rectangle::new(bar, DERIVATIVE.filled()))?;
        }
        Entry::Jump => {
            let radius = sizes.dot as i32;
            let (value, limit) = ((x + radius, y), (x + 4 * radius, y));
            let ring = TEXT.stroke_width(sizes.dot / 2);
            area.draw(&Circle::new(value, filled(sizes.dot), TEXT.filled()))?;
            area.draw(&Circle::new(limit, sizes.dot, ring))?;
            return Ok(5 * radius);
        }
    }
    Ok(long)
}
