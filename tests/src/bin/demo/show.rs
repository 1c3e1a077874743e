//! Commands as they would be typed, and what they print.

use lockgate_tests::{Output, Run, programs};

/// A title for what follows.
pub(crate) fn chapter(title: &str) {
    println!("\n{title}\n{}", "=".repeat(title.len()));
}

/// One line on what happens next.
pub(crate) fn explain(line: &str) {
    println!("\n# {line}");
}

/// Runs a command in sight of everybody.
pub(crate) fn run(run: &Run) -> Output {
    let toolchain = format!("{}/", programs::toolchain().display());
    let shown = run.shown().replace(&toolchain, "");
    match run.input() {
        [] => println!("$ {shown}"),
        input => println!("$ echo {} | {shown}", String::from_utf8_lossy(input).trim_end()),
    }
    let output = run.run();
    print!("{}{}", output.stdout, output.stderr);
    output
}

/// Runs a command of Lockgate's in sight of everybody, as it would be typed, whatever is put in front
/// of it.
pub(crate) fn run_words(words: &[&str], run: &Run) -> Output {
    command(words);
    let output = run.run();
    print!("{}{}", output.stdout, output.stderr);
    output
}

/// A command of Lockgate's, as it would be typed.
pub(crate) fn command(words: &[&str]) {
    let typed: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    println!("$ lockgate {}", typed.join(" "));
}

fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=:/.".contains(&byte);
    if word.bytes().all(is_plain) { word.to_owned() } else { format!("'{word}'") }
}

/// A file's content, as `cat` shows it.
pub(crate) fn file(path: &std::path::Path, content: &str) {
    println!("$ cat {}\n{}", path.display(), content.trim_end());
}
