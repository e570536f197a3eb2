//! `plot`.

use crate::common::Folder;

#[test]
fn a_picture_shows_both_curves_with_their_marks() {
    let folder = Folder::new();
    let run = folder.succeeds(&["plot", "relu6", "--out", "new/pictures"]);
    assert_eq!(run.stdout, "1 picture in new/pictures\n");
    let picture = String::from_utf8(folder.read("new/pictures/relu6.svg")).expect("UTF-8");
    for part in [
        "<title>relu6 and its derivative</title>",
        ">relu6</text>",
        ">x</text>",
        ">f(x), f′(x)</text>",
        ">kinks at 0, 6</text>",
        ">saturated: |f′| &lt; 0.001</text>",
        // Twice as much as usual, so that the plateau at 6 is seen.
        ">−16</text>",
        ">8</text>",
    ] {
        assert!(picture.contains(part), "{part} in {picture}");
    }
    // f is one line, f′ three.
    let lines = |colour: &str| {
        let paths = picture
            .lines()
            .filter(|line| line.starts_with("<path") && line.contains(colour));
        paths.count()
    };
    assert_eq!(
        (lines("stroke=\"#3a86e8\""), lines("stroke=\"#e06c1f\"")),
        (2, 4)
    );
    // One picture needs no contact sheet, and nothing else is left.
    let files = std::fs::read_dir(folder.join("new/pictures")).expect("a folder");
    assert_eq!(files.count(), 1);
}

#[test]
fn several_have_a_contact_sheet() {
    let folder = Folder::new();
    let run = folder.succeeds(&["plot", "gelu", "relu6", "--out", "."]);
    assert_eq!(run.stdout, "3 pictures in .\n");
    let sheet = String::from_utf8(folder.read("sheet.svg")).expect("UTF-8");
    for part in [
        ">gelu</text>",
        ">relu6</text>",
        ">x to 16</text>",
        "2 activations",
    ] {
        assert!(sheet.contains(part), "{part} in {sheet}");
    }
}

#[test]
fn hyper_parameters_change_the_picture() {
    let folder = Folder::new();
    let set = ["--set", "negative_slope=1/4"];
    folder.succeeds(&[&["plot", "leaky_relu", "--out", "."], &set[..]].concat());
    let picture = String::from_utf8(folder.read("leaky_relu.svg")).expect("UTF-8");
    assert!(
        picture.contains(">negative_slope = 0.25</text>"),
        "{picture}"
    );
    assert!(!picture.contains("saturated"), "{picture}");
}

#[test]
fn png_has_pixels() {
    let folder = Folder::new();
    folder.succeeds(&["plot", "tanh", "--out", ".", "--format", "png"]);
    let picture = folder.read("tanh.png");
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    // Width and height are in the header, which comes first.
    let size = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().expect("4 bytes"));
    assert_eq!((size(16), size(20)), (1280, 1080));
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let folder = Folder::new();
    folder.write("taken", "a file");
    let out = ["--out", "pictures"];
    let cases: [(&[&str], i32, &[&str]); 7] = [
        (&["geluu"], 2, &["\"geluu\"", "did you mean \"gelu\""]),
        (&["softmax"], 2, &["softmax", "elementwise"]),
        (&["relu", "gelu", "relu"], 2, &["relu", "twice"]),
        (&["gelu", "--set", "beta=1"], 2, &["gelu", "beta"]),
        (&["--set", "alpha=1"], 2, &["identity", "alpha"]),
        (&["relu", "--adapter", "no such"], 1, &["no such"]),
        (&["relu", "--out", "taken"], 1, &["taken", "choose another"]),
    ];
    for (arguments, code, words) in cases {
        let out = if arguments.contains(&"--out") {
            &[][..]
        } else {
            &out
        };
        folder.fails(&[&["plot"], arguments, out].concat(), code, words);
    }
    for arguments in [
        &["plot", "relu"][..],
        &["plot", "--out", ".", "--format", "gif"],
    ] {
        assert_eq!(folder.run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn a_file_that_is_in_the_way_is_named() {
    let folder = Folder::new();
    std::fs::create_dir(folder.join("relu.svg")).expect("a folder");
    folder.fails(
        &["plot", "relu", "--out", "."],
        1,
        &["relu.svg", "it is a folder"],
    );
}
