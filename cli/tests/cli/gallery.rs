//! `docs/gallery` shows what the kernels compute: all of it is drawn again, and compared.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::common::Folder;

const RENEW: &str = "run `cargo xtask generate`, and remove what is superfluous";

/// A pixel, in the units of a picture: adapters differ by an ULP, which may be a step of the drawing's raster.
const TOLERANCE: i64 = 8;

/// Attributes with coordinates.
const COORDINATES: [&str; 7] = ["d", "cx", "cy", "x", "y", "width", "height"];

#[test]
fn the_gallery_shows_the_catalogue_as_it_is() {
    let drawn = Folder::new();
    drawn.succeeds(&["plot", "--out", "."]);
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/gallery");
    let wrong = differences(drawn.path(), &gallery);
    assert!(
        wrong.is_empty(),
        "docs/gallery: {}; {RENEW}",
        wrong.join(", ")
    );
}

/// What is missing, changed or superfluous in a gallery.
fn differences(drawn: &Path, gallery: &Path) -> Vec<String> {
    let (expected, present) = (names(drawn), names(gallery));
    let read =
        |folder: &Path, name: &str| fs::read_to_string(folder.join(name)).expect("a picture");
    let is_changed = |name: &&String| !is_same(&read(drawn, name), &read(gallery, name));
    let missing = expected
        .difference(&present)
        .map(|name| format!("{name} is missing"));
    let changed = expected.intersection(&present).filter(is_changed);
    let changed = changed.map(|name| format!("{name} is out of date"));
    let superfluous = present.difference(&expected);
    let superfluous = superfluous.map(|name| format!("{name} is superfluous"));
    missing.chain(changed).chain(superfluous).collect()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// Whether two pictures have the same elements, with coordinates within the tolerance.
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (parts(one), parts(other));
    let same = |(one, other): (&Part, &Part)| match (one, other) {
        (Part::Text(one), Part::Text(other)) => one == other,
        (Part::Numbers(one), Part::Numbers(other)) => {
            let near = |(one, other): (&i64, &i64)| (one - other).abs() <= TOLERANCE;
            one.len() == other.len() && one.iter().zip(other).all(near)
        }
        _ => false,
    };
    one.len() == other.len() && one.iter().zip(&other).all(same)
}

#[derive(Debug, PartialEq)]
enum Part<'a> {
    Text(&'a str),
    Numbers(Vec<i64>),
}

/// Whatever is between quotes is an attribute's value, whose name stands before it.
fn parts(svg: &str) -> Vec<Part<'_>> {
    let mut name = "";
    let part = |(index, text)| {
        if index % 2 == 0 {
            let (_, last) = text_before_equals(text);
            name = last;
            return Part::Text(text);
        }
        match COORDINATES.contains(&name) {
            true => Part::Numbers(coordinates(text)),
            false => Part::Text(text),
        }
    };
    svg.split('"').enumerate().map(part).collect()
}

fn text_before_equals(text: &str) -> (&str, &str) {
    let text = text.strip_suffix('=').unwrap_or(text);
    text.rsplit_once([' ', '\n']).unwrap_or(("", text))
}

/// The numbers of an attribute; of a path those of its points, which it gives relative to the one before.
fn coordinates(text: &str) -> Vec<i64> {
    let mut numbers = Vec::new();
    for (index, part) in text.split('l').enumerate() {
        let spaced = part.replace('-', " -");
        let words = spaced
            .split([' ', 'M', 'z'])
            .filter(|word| !word.is_empty());
        for word in words {
            let number: i64 = word.parse().expect("a whole number");
            let from = match index {
                0 => 0,
                _ => numbers[numbers.len() - 2],
            };
            numbers.push(from + number);
        }
    }
    numbers
}

#[test]
fn paths_are_compared_by_their_points() {
    let numbers = |text| coordinates(text);
    assert_eq!(
        numbers("M10 20l9-3 9 0-8 13"),
        [10, 20, 19, 17, 28, 17, 20, 30]
    );
    assert_eq!(numbers("-12"), [-12]);
    let picture = "<svg width=\"9\">\n<path d=\"M0 0l8 40 8-40\" stroke=\"#3a86e8\"/>\n<text x=\"4\">2</text></svg>";
    assert!(is_same(picture, picture));
    for (from, to, is_near) in [
        ("8 40", "8 48", true),
        ("8 40", "8 49", false),
        // Both points move: the second is where it was.
        ("8 40 8-40", "8 48 8-48", true),
        ("8 40 8-40", "8 40 8-40 8 0", false),
        ("x=\"4\"", "x=\"12\"", true),
        ("x=\"4\"", "y=\"4\"", false),
        (">2<", ">3<", false),
        ("#3a86e8", "#3a86e9", false),
    ] {
        assert_eq!(
            is_same(picture, &picture.replace(from, to)),
            is_near,
            "{from} {to}"
        );
    }
}

#[test]
fn a_gallery_that_is_out_of_date_is_told_file_by_file() {
    let (drawn, gallery) = (Folder::new(), Folder::new());
    for name in ["a.svg", "b.svg", "c.svg"] {
        drawn.write(name, "<path d=\"M0 0l8 40\"/>");
    }
    gallery.write("b.svg", "<path d=\"M0 0l8 41\"/>");
    gallery.write("c.svg", "<path d=\"M0 0l8 50\"/>");
    gallery.write("d.svg", "");
    let found = differences(drawn.path(), gallery.path());
    let expected = [
        "a.svg is missing",
        "c.svg is out of date",
        "d.svg is superfluous",
    ];
    assert_eq!(found, expected);
    let nowhere = gallery.join("nowhere");
    assert_eq!(differences(drawn.path(), &nowhere).len(), 3);
}
