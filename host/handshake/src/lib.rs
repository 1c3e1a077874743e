//! What a login says to a container registry, and what the answers mean. Nothing here opens a
//! connection by itself: the caller hands over the network, and whether an address may be asked.

mod challenge;
mod endpoint;
mod exchange;
mod plan;
mod realm;
mod redirect;
mod refusal;
mod status;
mod token;

pub use challenge::{Challenge, challenges, sent_challenges};
pub use endpoint::{EndpointError, endpoints};
pub use exchange::{Account, Exchange, ExchangeError, LoggedIn};
pub use plan::{Bearer, Plan, PlanError, plan};
pub use realm::RealmError;
pub use redirect::{redirect_target, same_origin};
pub use refusal::Refused;
pub use token::TokenError;
