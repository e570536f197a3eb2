#!/usr/bin/env bash
# Uses the explorer by keyboard and pointer under a virtual display, prints how long it takes to start, and leaves
# dark.png and light.png in a folder: tools/explorer_screenshots.sh FOLDER
# Needs Debian's xvfb, xdotool and imagemagick, and the release build that `cargo xtask explorer` leaves.
set -euo pipefail
folder=${1:?the folder for the pictures}
mkdir -p "$folder"
program=${CARGO_TARGET_DIR:-$(dirname "$0")/../target}/release/wgpu-activations-explorer

export DISPLAY=:79 WGPU_BACKEND=${WGPU_BACKEND:-vulkan}
Xvfb $DISPLAY -screen 0 1280x800x24 >"$folder/stderr.txt" 2>&1 &
display=$!
trap 'kill $display ${explorer:-}' EXIT
sleep 2

started=$(date +%s%N)
since() { echo $((($(date +%s%N) - started) / 1000000)); }
"$program" 2>>"$folder/stderr.txt" &
explorer=$!
# The background is one colour, a window that is drawn has hundreds.
until [ "$(import -window root -resize 64x40 -format '%k' info:)" -gt 30 ]; do
    [ "$(since)" -lt 30000 ] || { echo "nothing is drawn: see $folder/stderr.txt" >&2; exit 1; }
done
echo "drawn after $(since) ms"

picture() { import -window root +dither -colors 256 "PNG8:$folder/$1.png"; }
point() { xdotool mousemove "$1" "$2"; }
keys() { xdotool key "$@"; sleep 2; }
search() {
    keys slash
    xdotool type --delay 120 "$1"
    sleep 2
}

window=$(xdotool search --onlyvisible --name 'Activation explorer' | tail -1)
xdotool windowmove "$window" 0 0 windowsize "$window" 1280 800
point 640 30
xdotool windowfocus "$window"
sleep 5
point 700 300
sleep 4
picture dark

point 640 30
search gelu
keys Return Escape
search mish
keys Return Escape
search hard_tanh
keys Return Escape
search leaky
keys Escape
# The slope's slider.
point 1008 207
xdotool mousedown 1
for x in 1010 1014 1018 1022 1026 1030; do
    point $x 207
    sleep 0.2
done
xdotool mouseup 1
sleep 1
keys Escape
keys Home
point 400 300
sleep 5
keys t
picture light
