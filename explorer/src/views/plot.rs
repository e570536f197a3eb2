//! The curves.

use egui::{Align2, RichText, Stroke, Ui, Vec2b};
use egui_plot::{
    AxisHints, Corner, Legend, Line, LineStyle, MarkerShape, Plot, PlotBounds, PlotPoint,
    PlotPoints, PlotUi, Points, Span, Text, VLine,
};

use super::Seen;
use crate::curve::Curve;
use crate::state::{Shown, State};
use crate::theme;

pub(super) fn show(ui: &mut Ui, state: &mut State, curves: &[Curve]) -> Seen {
    let view = state.view.take();
    let plot = Plot::new("curves")
        .legend(
            Legend::default()
                .position(Corner::LeftTop)
                .follow_insertion_order(true),
        )
        .allow_double_click_reset(false)
        .auto_bounds(Vec2b::FALSE)
        .custom_x_axes(vec![AxisHints::new_x().label_spacing(24.0..=40.0)])
        .grid_color(theme::grid(ui.visuals()))
        .show_crosshair(false)
        .show_x(false)
        .show_y(false);
    let response = plot.show(ui, |plot| {
        if let Some(view) = view {
            let bounds = [view.x.0, view.y.0];
            plot.set_plot_bounds(PlotBounds::from_min_max(bounds, [view.x.1, view.y.1]));
        }
        for shown in state.shown() {
            let curve = curves.iter().find(|curve| curve.index == shown.index);
            if let Some(curve) = curve {
                draw(plot, &shown, curve, state.derivatives);
            }
        }
        let bounds = plot.plot_bounds();
        let pointer = plot.pointer_coordinate().map(|point| point.x);
        (bounds, pointer)
    });
    if response.response.double_clicked() {
        state.fit();
    }
    let (bounds, pointer) = response.inner;
    state.width = bounds.width();
    if pointer.is_some() {
        state.probe = None;
    }
    Seen {
        range: (bounds.min()[0], bounds.max()[0]),
        pointer: pointer.or(state.probe),
    }
}

fn draw(plot: &mut PlotUi<'_>, shown: &Shown<'_>, curve: &Curve, derivatives: bool) {
    let visuals = plot.ctx().global_style().visuals.clone();
    let colour = theme::colour(&visuals, shown.colour);
    // Not with its hyper-parameters: what is hidden in the legend stays so while a slider moves.
    let label = shown.tuned.definition().name;
    let derivative = format!("{label}, derivative");
    if shown.is_selected {
        saturated(plot, curve, theme::shade(&visuals));
    }
    // A fraction of a pixel.
    let tolerance = plot.plot_bounds().height() / 4000.0;
    let width = if shown.is_selected { 2.5 } else { 1.75 };
    for line in curve.output_lines(tolerance) {
        plot.line(
            Line::new(label, PlotPoints::from(line))
                .color(colour)
                .width(width),
        );
    }
    if derivatives {
        for line in curve.slope_lines(tolerance) {
            let line = Line::new(derivative.as_str(), PlotPoints::from(line))
                .color(colour)
                .width(width - 0.75)
                .style(LineStyle::dashed_loose());
            plot.line(line);
        }
    }
    let kinks: Vec<_> = curve.kinks().collect();
    mark(
        plot,
        "kink",
        kinks.iter().map(|kink| [kink.x, kink.output]),
        MarkerShape::Diamond,
        colour,
    );
    if derivatives {
        mark(
            plot,
            "kink",
            kinks.iter().map(|kink| [kink.x, kink.slope]),
            MarkerShape::Circle,
            colour,
        );
    }
    if let Some(sample) = curve.under_pointer() {
        let mut points = vec![[sample.x, sample.output]];
        if derivatives {
            points.push([sample.x, sample.slope]);
        }
        mark(plot, "", points.into_iter(), MarkerShape::Circle, colour);
        if shown.is_selected {
            let stroke = Stroke::new(1.0, visuals.weak_text_color());
            plot.vline(VLine::new("", sample.x).stroke(stroke));
            let low = plot.plot_bounds().min()[1];
            let text = RichText::new(format!("  x = {:.3}", sample.x)).size(13.0);
            let at = PlotPoint::new(sample.x, low);
            plot.text(Text::new("", at, text).anchor(Align2::LEFT_BOTTOM));
        }
    }
}

fn saturated(plot: &mut PlotUi<'_>, curve: &Curve, shade: egui::Color32) {
    for (left, right) in curve.saturated() {
        let span = Span::new("saturated", left..=right).fill(shade);
        plot.span(span.label_align(Align2::CENTER_BOTTOM));
    }
}

fn mark(
    plot: &mut PlotUi<'_>,
    name: &str,
    points: impl Iterator<Item = [f64; 2]>,
    shape: MarkerShape,
    colour: egui::Color32,
) {
    let points: Vec<_> = points
        .filter(|point| point.iter().all(|c| c.is_finite()))
        .collect();
    if !points.is_empty() {
        let points = Points::new(name, PlotPoints::from(points));
        plot.points(points.shape(shape).filled(true).radius(5.0).color(colour));
    }
}
