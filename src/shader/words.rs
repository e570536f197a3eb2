//! WGSL word by word.

/// A piece of WGSL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A name or a keyword.
    Word(&'a str),
    /// Anything else: comments, numbers, spaces, signs.
    Other(&'a str),
}

/// All of a text, in pieces.
pub(super) fn pieces(wgsl: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = wgsl;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let is_in_word = |c: char| c.is_alphanumeric() || c == '_';
        let len = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if first.is_ascii_digit() {
            // An exponent's sign ends it, which does no harm.
            let end = |c: char| !is_in_word(c) && c != '.';
            rest.find(end).unwrap_or(rest.len())
        } else if is_in_word(first) {
            rest.find(|c| !is_in_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(len);
        rest = after;
        let is_word = is_in_word(first) && !first.is_ascii_digit();
        Some(if is_word {
            Piece::Word(piece)
        } else {
            Piece::Other(piece)
        })
    })
}

/// The length of the comment that a text begins with; comments may stand in one another.
fn block_comment(wgsl: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < wgsl.len() {
        let rest = &wgsl.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The names of the functions, constants, structs, aliases and variables that a text declares.
pub(super) fn declared(wgsl: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let (mut depth, mut is_next) = (0_usize, false);
    let mut template = 0_usize;
    for piece in pieces(wgsl) {
        match piece {
            Piece::Other("{") => depth += 1,
            Piece::Other("}") => depth = depth.saturating_sub(1),
            // What a variable is: var<private> name.
            Piece::Other("<") if is_next => template += 1,
            Piece::Other(">") if is_next => template = template.saturating_sub(1),
            Piece::Word(name) if is_next && template == 0 => {
                names.push(name);
                is_next = false;
            }
            Piece::Word("fn" | "const" | "struct" | "alias" | "override" | "var") if depth == 0 => {
                is_next = true;
            }
            _ => {}
        }
    }
    names
}

/// The text with other names: what `rename` gives for a word stands in its place.
pub(super) fn renamed(wgsl: &str, rename: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(2 * wgsl.len());
    for piece in pieces(wgsl) {
        match piece {
            Piece::Word(word) => match rename(word) {
                Some(name) => text.push_str(&name),
                None => text.push_str(word),
            },
            Piece::Other(other) => text.push_str(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_numbers_and_comments() {
        let text = "// fn a\nfn b(x1: f32) { /* x1 /* x1 */ x1 */ return 0x1p-4f * x1.x1; }";
        let renamed = renamed(text, |word| (word == "x1").then(|| "y".to_owned()));
        let expected = "// fn a\nfn b(y: f32) { /* x1 /* x1 */ x1 */ return 0x1p-4f * y.y; }";
        assert_eq!(renamed, expected);
    }

    #[test]
    fn only_what_stands_outside_of_functions_is_declared() {
        let text = "const A: f32 = 1.0;\nvar<private> b: array<f32, 2>;\nstruct C { d: f32 }\n\
                    alias E = vec4<f32>;\noverride f = 2u;\n@must_use fn g(h: f32) -> f32 { const i = h; \
                    var j = i; return j; }\n// fn k\nvar<workgroup, read_write> l: u32;";
        assert_eq!(declared(text), ["A", "b", "C", "E", "f", "g", "l"]);
    }

    #[test]
    fn an_open_comment_ends_with_the_text() {
        for text in ["/* é", "a /*", "/**", "é//"] {
            let joined: String = pieces(text)
                .map(|piece| match piece {
                    Piece::Word(text) | Piece::Other(text) => text,
                })
                .collect();
            assert_eq!(joined, text);
        }
    }
}
