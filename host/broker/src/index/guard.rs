//! What has to hold before an index is asked, and with which words it is recorded.

use lockgate_core::AdapterError;
use lockgate_policy::{Forbidden, Requirement};
use lockgate_system::Confinement;
use url::Url;

use super::Asked;
use super::said::Said;
use crate::child::in_child;
use crate::failed::Failed;

impl Asked<'_> {
    /// Records that git is started now, or why not, and looks whether the machine hardens processes as
    /// the administrator requires. Around git itself are no walls.
    pub(super) fn begin_git(
        &self,
        program: &str,
        allowed: Result<(), Forbidden>,
    ) -> Result<(), Failed> {
        self.asking.decided(&format!("{program} {}", self.shown(self.location.url())), allowed)?;
        let ceiling = &self.broker.context().machine.ceiling;
        if ceiling.requires(Requirement::Hardening).is_some() {
            in_child(|| {
                self.asking.confine_to(&Confinement::default())?;
                Ok(Said::Nothing)
            })?;
        }
        Ok(())
    }

    /// Records whether an address is asked next.
    pub(super) fn address_decided(
        &self,
        url: &Url,
        allowed: Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        self.asking.noted(&format!("GET {}", self.shown(url)), allowed)
    }

    /// An address without what could be a secret: of those that a registry names, the server alone.
    pub(super) fn shown(&self, url: &Url) -> String {
        if url != self.location.url() {
            return url.origin().ascii_serialization();
        }
        let mut shown = url.clone();
        let _ = (shown.set_username(""), shown.set_password(None));
        shown.set_query(None);
        shown.set_fragment(None);
        shown.into()
    }
}
