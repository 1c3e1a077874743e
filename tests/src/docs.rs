//! The examples of the documentation, so that tests can follow them word for word.

/// A fenced example.
pub struct Block<'a> {
    /// What stands behind the fence.
    pub kind: &'a str,
    /// What is in it.
    pub lines: Vec<&'a str>,
}

/// A command at a prompt, and what is shown below it.
pub struct Step {
    /// Without the prompt.
    pub command: String,
    /// Lines, in which `...` stands for anything.
    pub output: Vec<String>,
}

/// The part of a page under a heading, with the headings below it.
///
/// # Panics
/// If there is none.
pub fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, rest) = page.split_once(heading).unwrap_or_else(|| panic!("there is no {heading}"));
    let marks = heading.split(' ').next().unwrap_or_default();
    rest.split(&format!("\n{marks} ")).next().unwrap_or_default()
}

/// The fenced examples of a page.
///
/// # Panics
/// If a fence is not closed.
pub fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut is_open = false;
    for line in page.lines() {
        match (is_open, line.strip_prefix("```")) {
            (true, Some(_)) => is_open = false,
            (false, Some(kind)) => {
                is_open = true;
                blocks.push(Block { kind, lines: Vec::new() });
            }
            (true, None) => blocks.last_mut().unwrap().lines.push(line),
            (false, None) => {}
        }
    }
    assert!(!is_open, "a fence is not closed");
    blocks
}

impl Block<'_> {
    /// What is in it, as one text.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// The commands of a `console`; those that go on in the next line end with a backslash.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut goes_on = false;
        for line in &self.lines {
            if let Some(command) = line.strip_prefix("$ ") {
                steps.push(Step { command: command.to_owned(), output: Vec::new() });
            } else if goes_on {
                steps.last_mut().unwrap().command += &format!("\n{line}");
            } else if let Some(step) = steps.last_mut() {
                step.output.push((*line).to_owned());
            }
            let is_command = goes_on || line.starts_with("$ ");
            goes_on = is_command && line.ends_with('\\');
        }
        steps
    }
}

impl Step {
    /// Whether the lines are there, in this order, perhaps with others between them.
    ///
    /// # Errors
    /// The first line that is not.
    pub fn is_shown(&self, text: &str) -> Result<(), String> {
        let mut shown = text.trim_end().split(['\n', '\r']).map(str::trim_end);
        for expected in &self.output {
            if !shown.any(|line| is_like(expected.trim_end(), line)) {
                return Err(expected.clone());
            }
        }
        Ok(())
    }
}

fn is_like(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split("...");
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut is_exact = true;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        is_exact = !part.is_empty();
    }
    rest.is_empty() || !is_exact
}

#[cfg(test)]
mod tests {
    use super::{blocks, section};

    const PAGE: &str =
        "## One\n\n```console\n$ a \\\n  b\nsha256:... is x\n\nlast\n$ c\n```\n\n## Two\n";

    #[test]
    fn commands_and_what_they_show_are_found() {
        let found = blocks(section(PAGE, "## One"));
        let steps = found[0].steps();
        assert_eq!((found.len(), steps.len(), found[0].kind), (1, 2, "console"));
        assert_eq!((steps[0].command.as_str(), steps[1].command.as_str()), ("a \\\n  b", "c"));
        assert_eq!(steps[0].is_shown("x\nsha256:ab is x\n\nmore\nlast\n"), Ok(()));
        assert_eq!(steps[0].is_shown("sha256:ab is y\n\nlast\n"), Err("sha256:... is x".into()));
        assert_eq!(steps[0].is_shown("sha256:ab is x\nlast\n"), Err(String::new()));
        assert!(blocks(section(PAGE, "## Two")).is_empty());
    }
}
