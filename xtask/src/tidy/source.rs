//! Rust text with code, comments and strings kept apart, so that a scan for a word of code finds code only.

/// One line.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The code; strings and characters are empty.
    pub code: String,
    /// The text of comments.
    pub comment: String,
    /// Whether it belongs to an item under `#[cfg(test)]`.
    pub test: bool,
}

impl Line {
    /// Whether the code holds `word`, not as a part of a longer name.
    pub fn has(&self, word: &str) -> bool {
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        self.code.match_indices(word).any(|(at, _)| {
            let (before, after) = (&self.code[..at], &self.code[at + word.len()..]);
            !part(before.chars().next_back())
                && (!part(word.chars().next_back()) || !part(after.chars().next()))
        })
    }
}

/// A file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its lines.
    pub lines: Vec<Line>,
}

impl Source {
    /// Splits a file.
    pub fn parse(text: &str) -> Self {
        let mut lines = Scan::new(text).lines();
        mark_tests(&mut lines);
        Self { lines }
    }

    /// Lines with their numbers from 1.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().map(|(i, l)| (i + 1, l))
    }
}

struct Scan {
    text: Vec<char>,
    at: usize,
    lines: Vec<Line>,
}

impl Scan {
    fn new(text: &str) -> Self {
        Self { text: text.chars().collect(), at: 0, lines: vec![Line::default()] }
    }
    fn peek(&self, ahead: usize) -> char {
        self.text.get(self.at + ahead).copied().unwrap_or('\0')
    }
    /// Moves on by one character; gives it, after noting the end of a line.
    fn step(&mut self) -> char {
        let c = self.peek(0);
        self.at += 1;
        if c == '\n' {
            self.lines.push(Line::default());
        }
        c
    }
    fn line(&mut self) -> &mut Line {
        self.lines.last_mut().expect("there is always a line")
    }
    fn lines(mut self) -> Vec<Line> {
        while self.at < self.text.len() {
            let after_word =
                self.at > 0 && (self.text[self.at - 1].is_alphanumeric() || self.text[self.at - 1] == '_');
            match (self.peek(0), self.peek(1)) {
                ('/', '/') => self.line_comment(),
                ('/', '*') => self.block_comment(),
                ('"', _) => self.string(),
                ('r', '"' | '#') if !after_word => self.raw_string(1),
                ('b' | 'c', 'r') if !after_word && matches!(self.peek(2), '"' | '#') => self.raw_string(2),
                ('\'', _) => self.character(),
                ('\n', _) => {
                    self.step();
                }
                (c, _) => {
                    self.line().code.push(c);
                    self.at += 1;
                }
            }
        }
        self.lines
    }
    fn line_comment(&mut self) {
        while self.at < self.text.len() && self.peek(0) != '\n' {
            let c = self.step();
            self.line().comment.push(c);
        }
    }
    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.text.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    let c = self.step();
                    if c != '\n' {
                        self.line().comment.push(c);
                    }
                    continue;
                }
            }
            self.at += 2;
            if depth == 0 {
                return;
            }
        }
    }
    fn string(&mut self) {
        self.line().code.push_str("\"\"");
        self.at += 1;
        while self.at < self.text.len() {
            match self.step() {
                '\\' => {
                    self.step();
                }
                '"' => return,
                _ => {}
            }
        }
    }
    /// `prefix` letters, hashes, a string without escapes; a raw name (`r#type`) is code.
    fn raw_string(&mut self, prefix: usize) {
        let hashes = (0..).take_while(|i| self.peek(prefix + i) == '#').count();
        if self.peek(prefix + hashes) != '"' {
            let c = self.step();
            self.line().code.push(c);
            return;
        }
        self.at += prefix + hashes + 1;
        self.line().code.push_str("\"\"");
        while self.at < self.text.len() {
            if self.step() == '"' && (0..hashes).all(|i| self.peek(i) == '#') {
                self.at += hashes;
                return;
            }
        }
    }
    /// A character, or the tick of a lifetime.
    fn character(&mut self) {
        let length = match (self.peek(1), self.peek(2)) {
            ('\\', _) => (3..14).find(|&i| self.peek(i) == '\'').map(|i| i + 1),
            (_, '\'') => Some(3),
            _ => None,
        };
        self.line().code.push('\'');
        self.at += length.unwrap_or(1);
    }
}

/// Marks each `#[cfg(test)]` and the item behind it, to its closing brace or semicolon.
fn mark_tests(lines: &mut [Line]) {
    let mut i = 0;
    while i < lines.len() {
        if !lines[i].code.contains("#[cfg(test)]") {
            i += 1;
            continue;
        }
        let mut depth = 0i32;
        let mut ended = false;
        while i < lines.len() && !ended {
            lines[i].test = true;
            for c in lines[i].code.replace("#[cfg(test)]", "").chars() {
                match c {
                    '{' | '(' | '[' => depth += 1,
                    '}' | ')' | ']' => depth -= 1,
                    _ => {}
                }
                ended |= depth == 0 && matches!(c, '}' | ';');
            }
            i += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_no_code() {
        let text = "let a = \"unsafe \\\" {\"; // unsafe\nlet b = r#\"unsafe \"x\" \"#; /* unsafe /* deep */\n unsafe */ c('\"', 'x', '\\'');\nlet d: &'a str = br\"unsafe\";";
        let source = Source::parse(text);
        assert_eq!(source.lines.len(), 4);
        assert!(source.lines.iter().all(|l| !l.has("unsafe")), "{source:?}");
        assert!(source.lines[0].comment.contains("unsafe") && source.lines[2].comment.contains("unsafe"));
        assert_eq!(source.lines[2].code.trim(), "c(', ', ');");
        assert!(source.lines[3].code.contains("&'a str"));
    }

    #[test]
    fn words_have_borders() {
        let has = |code: &str, word| Source::parse(code).lines[0].has(word);
        assert!(has("unsafe { x }", "unsafe") && !has("#![forbid(unsafe_code)]", "unsafe"));
        assert!(has("std::fs::read(x)", "fs::") && !has("offs::read(x)", "fs::"));
        assert!(has("println!()", "println!") && !has("eprintln!()", "println!"));
    }

    #[test]
    fn items_under_cfg_test_are_marked() {
        let source = Source::parse(
            "a();\n#[cfg(test)]\nmod tests {\n    fn f() { g(); }\n}\nb();\n#[cfg(test)]\nmod t;\nc();",
        );
        let tests: Vec<_> = source.lines.iter().map(|l| l.test).collect();
        assert_eq!(tests, [false, true, true, true, true, false, true, true, false]);
    }
}
