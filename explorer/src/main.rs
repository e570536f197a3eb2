//! Opens the explorer's window, and another where the first one's device is lost.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;

use wgpu_activations_explorer::{App, Restart, StartError, State, options, style};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A window cannot outlive the device that it is drawn with, so each lost device costs one.
fn run() -> Result<(), StartError> {
    let mut restart = None;
    loop {
        restart = open(restart)?;
        if restart.is_none() {
            return Ok(());
        }
    }
}

/// Opens a window, and returns what the next one goes on with, if any.
fn open(restart: Option<Restart>) -> Result<Option<Restart>, StartError> {
    let lost = Rc::new(RefCell::new(None));
    let hand_over = lost.clone();
    eframe::run_native(
        "Activation explorer",
        options(),
        Box::new(move |creation| {
            style(&creation.egui_ctx);
            let renderer = creation.wgpu_render_state.as_ref();
            let app = match restart {
                None => App::new(renderer, State::new("gelu")),
                Some(restart) => App::after(renderer, restart),
            };
            let on_loss = move |restart| *hand_over.borrow_mut() = Some(restart);
            Ok(Box::new(app.on_loss(on_loss)))
        }),
    )?;
    Ok(lost.take())
}
