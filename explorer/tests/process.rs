//! The program without what it needs.

use std::process::Command;

#[cfg(target_os = "linux")]
#[test]
fn without_a_window_system_it_says_so() {
    let output = Command::new(env!("CARGO_BIN_EXE_wgpu-activations-explorer"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.starts_with("error: there is no window system"),
        "{message}"
    );
    assert!(
        message.contains("set DISPLAY or WAYLAND_DISPLAY"),
        "{message}"
    );
    assert_eq!(message.lines().count(), 1, "{message}");
}
