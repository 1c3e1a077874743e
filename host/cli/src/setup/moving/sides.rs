//! The move of one credential from one store to another.

use super::{Held, Moving, Target};

/// The store that a credential leaves and the one that it goes to, each by the name that its own
/// client has for the registry.
pub(crate) struct Sides<'a> {
    pub(crate) from: Target<'a>,
    pub(crate) to: Target<'a>,
}

impl Sides<'_> {
    /// Saves the credential with the one, compares what that gives back, and only then removes it from
    /// the other. Whatever ends this before leaves it where it was; it can be done again.
    pub(crate) fn move_credential(&self) -> Result<(), String> {
        let moving = self.from.own()?;
        let held = self.to.held(&moving)?;
        if held == Held::Nothing {
            self.to.save(&moving)?;
            self.to.gives_back(&moving)?;
        }
        // No other one than this: somebody may have logged in meanwhile.
        if let Err(reason) = self.from.forget(Some(&moving.secret)) {
            return Err(match held {
                Held::Nothing => self.taken_back(&moving, reason),
                Held::Same => reason,
            });
        }
        let Err(reason) = self.to.gives_back(&moving) else { return Ok(()) };
        let from = self.from.shown();
        match self.from.save(&moving) {
            Ok(()) => Err(format!("it was put back into {from}, since afterwards {reason}")),
            Err(again) => Err(format!(
                "afterwards {reason}, and it could not be put back into {from}: {again}; log in again"
            )),
        }
    }

    /// Whether it could be moved, as far as that can be known without changing anything.
    pub(crate) fn can_be_moved(&self) -> Result<(), String> {
        self.to.held(&self.from.own()?).map(drop)
    }

    /// Takes the credential out of the one again while there is one in the other: the client may ask
    /// for the first before, and somebody who logged in meanwhile has a newer one.
    fn taken_back(&self, moving: &Moving, reason: String) -> String {
        let is_needed = self.from.own().is_ok() && self.to.gives_back(moving).is_ok();
        match is_needed.then(|| self.to.forget(Some(&moving.secret))) {
            None | Some(Ok(())) => reason,
            Some(Err(why)) => {
                let shown = self.to.shown();
                format!("{reason}; {shown} has the one that was there before: {why}")
            }
        }
    }
}
