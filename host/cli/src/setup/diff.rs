//! The difference of two texts, for people.

use lockgate_core::escape;

/// Lines that are shown around each change.
const CONTEXT: usize = 3;

/// Most pairs of lines that are compared. Beyond that everything between the first and the last
/// change is shown as changed, which is as right and longer.
const MAX_PAIRS: usize = 4_000_000;

/// The lines of a text without what may be a secret, one for each of the text.
pub(super) type Shown = fn(&str) -> Vec<String>;

/// The unified difference, as `shown` shows the lines; empty if there is none. `None` is a file that
/// is not there.
pub(super) fn unified(
    path: &str,
    before: Option<&str>,
    after: Option<&str>,
    shown: Shown,
) -> String {
    if before == after {
        return String::new();
    }
    let (old, new) = (Side::of(before, shown), Side::of(after, shown));
    let name = |text: Option<&str>| text.map_or("/dev/null".to_owned(), |_| escape(path));
    let mut text = format!("--- {}\n+++ {}\n", name(before), name(after));
    for hunk in hunks(&steps(&old.lines, &new.lines)) {
        text.push_str(&shown_hunk(hunk, &old, &new));
    }
    text
}

/// The lines of a text.
struct Side<'a> {
    lines: Vec<&'a str>,
    shown: Vec<String>,
}

impl<'a> Side<'a> {
    fn of(text: Option<&'a str>, shown: Shown) -> Self {
        let text = text.unwrap_or_default();
        let mut lines: Vec<_> = text.split('\n').collect();
        // What stands behind the last line end is no line.
        if lines.last().is_some_and(|last| last.is_empty()) {
            lines.pop();
        }
        Self { shown: shown(text), lines }
    }

    fn line(&self, mark: char, at: usize) -> String {
        let text = self.shown.get(at).map(String::as_str).unwrap_or_default();
        // A tab hides nothing, and docker's files are full of them.
        let parts: Vec<_> = text.split('\t').map(escape).collect();
        format!("{mark}{}\n", parts.join("\t"))
    }
}

/// A line of both, by its number in each, or of one of them.
#[derive(Clone, Copy)]
enum Step {
    Same(usize, usize),
    Old(usize, usize),
    New(usize, usize),
}

/// From the first line to the last one.
fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
    let first = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) =
        (old.get(first..).unwrap_or_default(), new.get(first..).unwrap_or_default());
    let last = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let middle = |lines: &[&str]| lines.len() - last;
    let (old_end, new_end) = (middle(old_rest), middle(new_rest));
    let mut steps: Vec<Step> = (0..first).map(|at| Step::Same(at, at)).collect();
    let changed = between(
        old_rest.get(..old_end).unwrap_or_default(),
        new_rest.get(..new_end).unwrap_or_default(),
    );
    steps.extend(changed.into_iter().map(|step| match step {
        Step::Same(one, other) => Step::Same(one + first, other + first),
        Step::Old(one, other) => Step::Old(one + first, other + first),
        Step::New(one, other) => Step::New(one + first, other + first),
    }));
    steps.extend((0..last).map(|at| Step::Same(first + old_end + at, first + new_end + at)));
    steps
}

/// By the longest common part.
fn between(old: &[&str], new: &[&str]) -> Vec<Step> {
    let common = Common::of(old, new);
    let (mut one, mut other, mut steps) = (0, 0, Vec::new());
    while one < old.len() || other < new.len() {
        if common.is_known() && one < old.len() && old.get(one) == new.get(other) {
            steps.push(Step::Same(one, other));
            (one, other) = (one + 1, other + 1);
        } else if one < old.len()
            && (other >= new.len() || common.at(one + 1, other) >= common.at(one, other + 1))
        {
            steps.push(Step::Old(one, other));
            one += 1;
        } else {
            steps.push(Step::New(one, other));
            other += 1;
        }
    }
    steps
}

/// How many lines the rests of two texts have in common, from each pair of lines on.
struct Common {
    width: usize,
    lengths: Vec<u32>,
}

impl Common {
    fn of(old: &[&str], new: &[&str]) -> Self {
        let width = new.len() + 1;
        if old.len().saturating_mul(new.len()) > MAX_PAIRS {
            return Self { width, lengths: Vec::new() };
        }
        let mut common = Self { width, lengths: vec![0; (old.len() + 1) * width] };
        for (one, line) in old.iter().enumerate().rev() {
            for (other, new_line) in new.iter().enumerate().rev() {
                let longest = match line == new_line {
                    true => common.at(one + 1, other + 1) + 1,
                    false => common.at(one + 1, other).max(common.at(one, other + 1)),
                };
                if let Some(cell) = common.lengths.get_mut(one * width + other) {
                    *cell = longest;
                }
            }
        }
        common
    }

    /// Whether there were few enough.
    fn is_known(&self) -> bool {
        !self.lengths.is_empty()
    }

    fn at(&self, one: usize, other: usize) -> u32 {
        self.lengths.get(one * self.width + other).copied().unwrap_or(0)
    }
}

/// The changes with what is around them; those that are near each other together.
fn hunks(steps: &[Step]) -> Vec<&[Step]> {
    let is_change = |at: &usize| !matches!(steps.get(*at), Some(Step::Same(..)));
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for at in (0..steps.len()).filter(is_change) {
        let (start, end) = (at.saturating_sub(CONTEXT), (at + CONTEXT + 1).min(steps.len()));
        match ranges.last_mut() {
            Some((_, last)) if start <= *last => *last = end,
            _ => ranges.push((start, end)),
        }
    }
    ranges.into_iter().filter_map(|(start, end)| steps.get(start..end)).collect()
}

fn shown_hunk(steps: &[Step], old: &Side<'_>, new: &Side<'_>) -> String {
    let (Step::Same(one, other) | Step::Old(one, other) | Step::New(one, other)) =
        steps.first().copied().unwrap_or(Step::Same(0, 0));
    let count = |wanted: fn(&Step) -> bool| steps.iter().filter(|step| wanted(step)).count();
    let old_count = count(|step| !matches!(step, Step::New(..)));
    let new_count = count(|step| !matches!(step, Step::Old(..)));
    // As `diff` does, a part without lines is placed behind the line before it.
    let place = |at: usize, count: usize| if count == 0 { at } else { at + 1 };
    let mut shown = format!(
        "@@ -{},{old_count} +{},{new_count} @@\n",
        place(one, old_count),
        place(other, new_count)
    );
    for step in steps {
        shown.push_str(&match *step {
            Step::Same(one, _) => old.line(' ', one),
            Step::Old(one, _) => old.line('-', one),
            Step::New(_, other) => new.line('+', other),
        });
    }
    shown
}

#[cfg(test)]
mod tests {
    use lockgate_registry::cargo::shown_lines;

    fn unified(path: &str, before: Option<&str>, after: Option<&str>) -> String {
        super::unified(path, before, after, shown_lines)
    }

    #[test]
    fn shows_what_changes_with_its_surroundings() {
        let old: String = (1..=20).map(|line| format!("[a{line}]\n")).collect();
        let new = old.replace("[a5]\n", "").replace("[a15]\n", "[b15]\n[new]\n");
        let shown = unified("/c", Some(&old), Some(&new));
        assert_eq!(
            shown,
            "--- /c\n+++ /c\n@@ -2,7 +2,6 @@\n [a2]\n [a3]\n [a4]\n-[a5]\n [a6]\n [a7]\n [a8]\n\
             @@ -12,7 +11,8 @@\n [a12]\n [a13]\n [a14]\n-[a15]\n+[b15]\n+[new]\n [a16]\n [a17]\n \
             [a18]\n"
        );
        assert_eq!(unified("/c", Some(&old), Some(&old)), "");
    }

    #[test]
    fn a_new_file_and_one_that_goes() {
        assert_eq!(
            unified("/c", None, Some("[a]\n")),
            "--- /dev/null\n+++ /c\n@@ -0,0 +1,1 @@\n+[a]\n"
        );
        assert_eq!(
            unified("/c", Some("[a]"), None),
            "--- /c\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-[a]\n"
        );
    }

    #[test]
    fn no_secret_and_no_escape_is_shown() {
        let old = "# token = 'SECRET'\n[registry]\ntoken = 'SECRET'\ncredential-provider = 'a'\r\n\
                   [http]\nproxy = 'me:SECRET@p:1'\n";
        let shown = unified("/c", Some(old), Some(&old.replace("'a'", "'\u{202e}b'")));
        assert!(shown.contains(" token = ...\n") && !shown.contains("SECRET"), "{shown}");
        assert!(shown.contains("+credential-provider = '\\u{202e}b'\n"), "{shown}");
    }

    #[test]
    fn many_different_lines_are_still_told() {
        let lines =
            |name: &str| (0..3000).map(|at| format!("{name}{at} = 1\n")).collect::<String>();
        let shown = unified("/c", Some(&lines("a")), Some(&lines("b")));
        assert_eq!(shown.lines().filter(|line| line.starts_with('-')).count(), 3001);
        assert_eq!(shown.lines().filter(|line| line.starts_with('+')).count(), 3001);
    }
}
