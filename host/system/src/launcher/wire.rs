//! What the two processes say to each other. Numbers are little-endian; a text or a list is preceded
//! by its length.

/// What is asked of the launcher.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Start { index: usize, arguments: Vec<String>, variables: Vec<String> },
    End { id: u32 },
}

/// What it answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// With its input, output, error and the descriptor of its process.
    Started {
        id: u32,
    },
    Ended {
        status: i32,
    },
    /// An error and its causes.
    Refused {
        sentences: Vec<String>,
    },
}

const START: u8 = 1;
const END: u8 = 2;
const STARTED: u8 = 3;
const ENDED: u8 = 4;
const REFUSED: u8 = 5;

impl Request {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Start { index, arguments, variables } => {
                let mut message = vec![START];
                put_length(&mut message, *index);
                put_list(&mut message, arguments);
                put_list(&mut message, variables);
                message
            }
            Self::End { id } => [&[END], id.to_le_bytes().as_slice()].concat(),
        }
    }

    pub(crate) fn decode(message: &[u8]) -> Option<Self> {
        let mut fields = Fields(message);
        let request = match fields.byte()? {
            START => Self::Start {
                index: fields.length()?,
                arguments: fields.list()?,
                variables: fields.list()?,
            },
            END => Self::End { id: fields.number()? },
            _ => return None,
        };
        fields.0.is_empty().then_some(request)
    }
}

impl Reply {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Started { id } => [&[STARTED], id.to_le_bytes().as_slice()].concat(),
            Self::Ended { status } => [&[ENDED], status.to_le_bytes().as_slice()].concat(),
            Self::Refused { sentences } => {
                let mut message = vec![REFUSED];
                put_list(&mut message, sentences);
                message
            }
        }
    }

    pub(crate) fn decode(message: &[u8]) -> Option<Self> {
        let mut fields = Fields(message);
        let reply = match fields.byte()? {
            STARTED => Self::Started { id: fields.number()? },
            ENDED => Self::Ended { status: fields.number()?.cast_signed() },
            REFUSED => Self::Refused { sentences: fields.list()? },
            _ => return None,
        };
        fields.0.is_empty().then_some(reply)
    }
}

fn put_length(message: &mut Vec<u8>, length: usize) {
    // What does not fit is far beyond the longest message, which is refused before it is sent.
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    message.extend(length.to_le_bytes());
}

fn put_list(message: &mut Vec<u8>, texts: &[String]) {
    put_length(message, texts.len());
    for text in texts {
        put_length(message, text.len());
        message.extend(text.as_bytes());
    }
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn number(&mut self) -> Option<u32> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*bytes))
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn list(&mut self) -> Option<Vec<String>> {
        let count = self.length()?;
        // Grows as texts are found: a count is only a claim.
        let mut texts = Vec::new();
        for _ in 0..count {
            texts.push(self.text()?);
        }
        Some(texts)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.length()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Reply, Request};

    fn requests() -> Vec<Request> {
        let arguments = vec!["read".to_owned(), String::new(), "op://ä/\n".to_owned()];
        let variables = vec!["OP_ACCOUNT".to_owned()];
        vec![Request::Start { index: 7, arguments, variables }, Request::End { id: u32::MAX }]
    }

    #[test]
    fn what_is_said_is_what_is_heard() {
        for request in requests() {
            assert_eq!(Request::decode(&request.encode()), Some(request));
        }
        let sentences = vec!["no".to_owned(), "since".to_owned()];
        for reply in [
            Reply::Started { id: 1 },
            Reply::Ended { status: -1 },
            Reply::Ended { status: 137 },
            Reply::Refused { sentences },
        ] {
            assert_eq!(Reply::decode(&reply.encode()), Some(reply));
        }
    }

    #[test]
    fn what_is_cut_or_longer_or_unknown_is_refused() {
        for request in requests() {
            let message = request.encode();
            for length in 0..message.len() {
                assert_eq!(Request::decode(&message[..length]), None, "{length}");
            }
            assert_eq!(Request::decode(&[&message, [0].as_slice()].concat()), None);
        }
        assert_eq!(Request::decode(&[9]), None);
        let huge_count = [1, 0, 0, 0, 0, 255, 255, 255, 255];
        assert_eq!(Request::decode(&huge_count), None);
        let not_text = [5, 1, 0, 0, 0, 1, 0, 0, 0, 0xff];
        assert_eq!(Reply::decode(&not_text), None);
    }
}
