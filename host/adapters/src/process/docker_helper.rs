//! Native credential helpers of docker's. They say on standard output why they fail, where a provider
//! cannot look: what they said there is told as what others write to standard error.

mod answer;
mod words;

use answer::Answer;
use lockgate_core::{AdapterError, Process, ProcessRequest, Program, ProgramEnd, Secret};
use words::redacted;

use super::NativePrograms;

/// The action that ends in an answer.
const GET: &str = "get";
/// Bytes of standard output in which the reason of a failure is looked for.
const MAX_WHY: usize = 4 << 10;

/// Programs that are credential helpers.
pub struct DockerHelpers {
    programs: NativePrograms,
    told: Option<Secret>,
}

impl DockerHelpers {
    /// The helpers of one request, in which a person gave `told`.
    #[must_use]
    pub fn new(programs: NativePrograms, told: Option<Secret>) -> Self {
        Self { programs, told }
    }
}

impl Process for DockerHelpers {
    fn start(&self, request: ProcessRequest) -> Result<Box<dyn Program>, AdapterError> {
        let answers = request.arguments.iter().eq([GET]);
        let program = self.programs.start(request)?;
        let secrets = self.told.iter().cloned().collect();
        Ok(Box::new(Helper { program, answers, secrets, why: None }))
    }
}

/// A running helper.
struct Helper {
    program: Box<dyn Program>,
    /// Whether it was started for an answer.
    answers: bool,
    /// What it was told, and answered.
    secrets: Vec<Secret>,
    /// Why it failed.
    why: Option<String>,
}

impl Program for Helper {
    fn write(&mut self, bytes: &Secret) -> Result<(), AdapterError> {
        self.program.write(bytes)
    }

    fn read_line(&mut self, limit: usize) -> Result<Option<Secret>, AdapterError> {
        self.program.read_line(limit)
    }

    fn finish(&mut self, limit: usize) -> Result<ProgramEnd, AdapterError> {
        let mut end = self.program.finish(limit)?;
        let answer = Answer::of(&end.output).filter(|_| self.answers);
        self.secrets.extend(answer.iter().flat_map(Answer::secrets));
        if end.status != 0 {
            self.why = why(&end.output, &self.secrets);
        } else if let Some(read) = answer.and_then(|answer| answer.in_dockers_names()) {
            end.output = read;
        }
        Ok(end)
    }

    fn diagnostics(&self) -> Vec<u8> {
        let mut written = redacted(&self.program.diagnostics(), &self.secrets);
        if let Some(why) = &self.why {
            written.extend_from_slice(why.as_bytes());
            written.push(b'\n');
        }
        written
    }
}

/// The first line, if it is not an answer.
fn why(output: &Secret, secrets: &[Secret]) -> Option<String> {
    let text = output.expose_text()?.trim();
    let text = text.get(..text.floor_char_boundary(MAX_WHY))?;
    let is_answer = text.starts_with(['{', '[']);
    let first = String::from_utf8(redacted(text.as_bytes(), secrets)).ok()?;
    first.lines().next().filter(|_| !is_answer).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use lockgate_core::{AdapterError, Program, ProgramEnd, Secret};

    use super::Helper;

    struct Ends(i32, &'static str, &'static str);

    impl Program for Ends {
        fn write(&mut self, _: &Secret) -> Result<(), AdapterError> {
            Ok(())
        }

        fn read_line(&mut self, _: usize) -> Result<Option<Secret>, AdapterError> {
            Ok(None)
        }

        fn finish(&mut self, _: usize) -> Result<ProgramEnd, AdapterError> {
            Ok(ProgramEnd { status: self.0, output: Secret::from(self.1) })
        }

        fn diagnostics(&self) -> Vec<u8> {
            self.2.as_bytes().to_vec()
        }
    }

    fn told(ends: Ends, secret: &str) -> String {
        let (program, secrets) = (Box::new(ends), vec![Secret::from(secret)]);
        let mut helper = Helper { program, answers: true, secrets, why: None };
        helper.finish(1 << 20).unwrap();
        String::from_utf8(helper.diagnostics()).unwrap()
    }

    #[test]
    fn a_failure_is_told_by_the_first_line_of_standard_output() {
        assert_eq!(told(Ends(1, "locked\nmore\n", "note\n"), ""), "note\nlocked\n");
        assert_eq!(told(Ends(1, " \r\n locked \r\n", ""), ""), "locked\n");
        assert_eq!(told(Ends(1, "", "note\n"), ""), "note\n");
        assert_eq!(told(Ends(0, "locked\n", ""), ""), "", "it did not fail");
    }

    #[test]
    fn no_secret_is_told_neither_the_persons_nor_the_helpers() {
        for output in ["cannot store pa\"ss", "cannot store pa\\\"ss!", "pa\"ss"] {
            assert_eq!(told(Ends(1, output, ""), "pa\"ss"), "[redacted]\n", "{output}");
        }
        for answer in [
            r#"{"Username":"u","Secret":"canary-1234"}"#,
            r#"{"username":"u","SECRET":"canary-1234"}"#,
            r#"{"Secret":"other","secret":"canary-1234"}"#,
            "{\"Username\":\"u\",\"Secret\":\"canary-1234\"}\nTRAILING",
        ] {
            for status in [0, 1] {
                let shown = told(Ends(status, answer, "debug: canary-1234 sent\nok\n"), "");
                assert_eq!(shown, "[redacted]\nok\n", "{answer}");
            }
        }
    }
}
