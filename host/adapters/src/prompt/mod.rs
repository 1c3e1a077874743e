//! The person at the terminal.

mod attended;
mod error;
mod framed;
mod line;
mod terminal;

pub use error::PromptError;
pub use framed::FramedPrompt;
pub use terminal::{StandardPrompt, TerminalPrompt, ask_at_input, interrupt_foreground_job};
