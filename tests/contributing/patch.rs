//! A strict reader of unified diffs, so that the test needs no git.

/// What a diff does to one file.
#[derive(Debug)]
pub(crate) struct FileChange {
    pub(crate) path: String,
    pub(crate) is_new: bool,
    hunks: Vec<Hunk>,
}

#[derive(Debug)]
struct Hunk {
    header: String,
    /// Lines with the sign that each begins with.
    lines: Vec<(char, String)>,
}

/// The files of a diff in git's format; panics on anything that git would not apply.
pub(crate) fn parse(diff: &str) -> Vec<FileChange> {
    let mut changes: Vec<FileChange> = Vec::new();
    let mut is_new = false;
    for line in diff.lines() {
        let in_hunk = changes.last().and_then(|change| change.hunks.last());
        let expects_more = in_hunk.is_some_and(|hunk| !hunk.is_complete());
        if expects_more {
            // An empty line of context may have lost its space.
            let sign = line.chars().next().unwrap_or(' ');
            assert!("+- ".contains(sign), "not a line of a hunk: {line:?}");
            let change = changes.last_mut().expect("a file has begun");
            let hunk = change.hunks.last_mut().expect("a hunk has begun");
            hunk.lines
                .push((sign, line.get(1..).unwrap_or_default().to_owned()));
        } else if line.starts_with("diff --git ") || line.starts_with("new file mode ") {
        } else if let Some(old) = line.strip_prefix("--- ") {
            is_new = old == "/dev/null";
        } else if let Some(new) = line.strip_prefix("+++ b/") {
            changes.push(FileChange {
                path: new.to_owned(),
                is_new,
                hunks: Vec::new(),
            });
        } else if line.starts_with("@@ ") {
            let change = changes.last_mut().expect("a hunk belongs to a file");
            change.hunks.push(Hunk {
                header: line.to_owned(),
                lines: Vec::new(),
            });
        } else {
            panic!("not a line of a diff: {line:?}");
        }
    }
    for hunk in changes.iter().flat_map(|change| &change.hunks) {
        assert!(hunk.is_complete(), "{} announces more lines", hunk.header);
    }
    changes
}

impl FileChange {
    /// The file's text after the change.
    pub(crate) fn apply(&self, old: Option<Vec<u8>>) -> Vec<u8> {
        assert_eq!(
            old.is_none(),
            self.is_new,
            "{}: is it new or not?",
            self.path
        );
        let old = old.unwrap_or_default();
        let mut text = String::from_utf8(old).expect("source is UTF-8");
        for hunk in &self.hunks {
            let before = hunk.text(' ', '-');
            let after = hunk.text(' ', '+');
            if self.is_new {
                text += &after;
                continue;
            }
            let places = text.matches(&before).count();
            assert_eq!(
                places, 1,
                "{}: this stands there once:\n{before}",
                self.path
            );
            text = text.replacen(&before, &after, 1);
        }
        text.into_bytes()
    }

    /// The lines that it adds.
    pub(crate) fn added(&self) -> Vec<&str> {
        self.lines_with('+')
    }

    /// The lines that it takes away.
    pub(crate) fn removed(&self) -> Vec<&str> {
        self.lines_with('-')
    }

    fn lines_with(&self, sign: char) -> Vec<&str> {
        let lines = self.hunks.iter().flat_map(|hunk| &hunk.lines);
        lines
            .filter(|(s, _)| *s == sign)
            .map(|(_, line)| line.as_str())
            .collect()
    }
}

impl Hunk {
    fn text(&self, context: char, sign: char) -> String {
        let lines = self
            .lines
            .iter()
            .filter(|(s, _)| *s == context || *s == sign);
        lines.map(|(_, line)| format!("{line}\n")).collect()
    }

    /// Whether there are as many lines as the header announces.
    fn is_complete(&self) -> bool {
        let mut words = self.header.split(' ').skip(1);
        let mut announced = |sign: char| -> usize {
            let range = words.next().and_then(|word| word.strip_prefix(sign));
            let range = range.unwrap_or_else(|| panic!("not a hunk's header: {}", self.header));
            let count = range.split_once(',').map_or("1", |(_, count)| count);
            count
                .parse()
                .unwrap_or_else(|_| panic!("not a hunk's header: {}", self.header))
        };
        let (old, new) = (announced('-'), announced('+'));
        let count = |unwanted: char| self.lines.iter().filter(|(s, _)| *s != unwanted).count();
        count('+') == old && count('-') == new
    }
}
