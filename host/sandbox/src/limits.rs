//! Bounds that hold for every call, whatever its grant. What a grant may raise is in
//! [`lockgate_core::Limits`].

/// Length of a secret that comes from outside. The longest tokens of registries (JSON web tokens)
/// have some KiB; people of docker's keep whole files.
pub(crate) const SECRET_BYTES: usize = 1 << 20;
/// What a person types at a prompt.
pub(crate) const TYPED_BYTES: usize = 64 << 10;
/// What a provider keeps of its own under one name.
pub(crate) const KEPT_BYTES: usize = 64 << 10;
/// Length of a secret that is put together: so far above the longest from outside, also where each
/// of its bytes is escaped by six, that only a provider's own bytes reach it, and not how long
/// somebody's token is.
pub(crate) const COMPOSED_BYTES: usize = 8 << 20;
/// Length of one document: a configuration file or a token endpoint's response with room to spare.
pub(crate) const DOCUMENT_BYTES: usize = 1 << 20;
/// All bytes behind the live handles of one call together, and what one operation puts together.
pub(crate) const HANDLE_BYTES: usize = 16 << 20;
/// Live handles, of the host's table and of the component's own. An ECR signature needs about 20.
pub(crate) const HANDLES: usize = 256;
/// Times that a call may try to take a document apart. The longest conversation known, a native
/// plugin's, takes about 20; each attempt can tell a provider something about the content, also when
/// it succeeds.
pub(crate) const ATTEMPTS: usize = 256;
/// Attempts of these that may fail: a failed one is a guess.
pub(crate) const FAILED_ATTEMPTS: usize = 64;
/// Steps of a path into a document. Responses of token endpoints nest a few levels deep.
pub(crate) const PATH_STEPS: usize = 32;
/// Times that one login may save. Whether a store takes a secret tells something of it, so that a
/// provider does not get to try.
pub(crate) const SAVES: usize = 4;
/// Times that one call may save its own state. Which names are kept says little, but saving is a
/// write to the disk, and a provider keeps one or two things.
pub(crate) const STATE_SAVES: usize = 32;
/// Programs of one call that are alive at once. A bridge talks to one, and an agent may stand beside
/// it.
pub(crate) const PROGRAMS: usize = 4;
/// Programs that one call may start, one after another: a helper is asked once or twice for each
/// account, and each start costs the machine more than anything else a provider may do.
pub(crate) const STARTS: usize = 16;
/// One line of a program's output: a plugin's reply with the longest token in it.
pub(crate) const LINE_BYTES: usize = 64 << 10;
/// Last lines of a program's standard error that are told with its failure: a screen's worth.
pub(crate) const LAST_LINES: usize = 20;
/// Of each of these lines.
pub(crate) const LAST_LINE_BYTES: usize = 512;
/// Secrets and lines exchanged with one program that are looked for in its standard error. A
/// conversation has a few.
pub(crate) const EXCHANGED: usize = 32;
/// What a witness is told that a provider uses: enough for an address or a path.
pub(crate) const SUBJECT_BYTES: usize = 256;
/// Errors of adapters that are kept of one call.
pub(crate) const ERRORS: usize = 16;
/// Longest `Retry-After` that a guest is told, in seconds.
pub(crate) const RETRY_SECONDS: u64 = 3600;
/// Bytes that a guest may hand to the host in one call of a host function, before any of them is
/// copied.
pub(crate) const HOST_CALL_BYTES: usize = 2 << 20;
/// What a guest writes, prints and logs in one call.
pub(crate) const OUTPUT_BYTES: usize = 64 << 10;
/// Random bytes in one request for them: a key or a nonce.
pub(crate) const RANDOM_BYTES: u64 = 4 << 10;
/// Elements of all tables together: function pointers, of which a large program has some thousands.
pub(crate) const TABLE_ELEMENTS: usize = 50_000;
/// Core instances of one component: the program, its adapters, and what a composition adds.
pub(crate) const INSTANCES: usize = 32;
/// Linear memories of one component.
pub(crate) const MEMORIES: usize = 8;
/// Tables of one component.
pub(crate) const TABLES: usize = 16;
/// Secrets that one call may see with `reveal`. A provider needs one or two; each is looked for in all
/// that it prints.
pub(crate) const REVEALS: usize = 32;
/// Refusals of one call that are kept: more than a person would read.
pub(crate) const REFUSALS: usize = 64;
/// Resolution of the clocks, in nanoseconds: too coarse to time a comparison or a cache.
pub(crate) const CLOCK_NANOSECONDS: u64 = 1_000_000;
/// Messages of a failure.
pub(crate) const FAILURE_MESSAGES: usize = 16;
/// Bytes of a failure's messages together.
pub(crate) const FAILURE_BYTES: usize = 8 << 10;
/// One wait between two polls of a device login, in seconds.
pub(crate) const WAIT_SECONDS: u32 = 60;
/// All waits of one call together, in seconds: as long as device codes live.
pub(crate) const TOTAL_WAIT_SECONDS: u32 = 900;
/// One HTTP exchange, in seconds.
pub(crate) const HTTP_SECONDS: u64 = 10;
/// Headers of one request.
pub(crate) const HTTP_HEADERS: usize = 64;
/// Bytes of the account's name.
pub(crate) const IDENTITY_BYTES: usize = 4 << 10;
