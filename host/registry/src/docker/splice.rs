//! Changes of the members of objects that leave every other byte as it is.

use std::ops::Range;

use zeroize::Zeroizing;

use super::layout::Object;
use super::members::Member;
use super::style::concat;

/// A part of the text and what stands there instead.
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) with: Zeroizing<String>,
}

/// The text with all the changes, none of which touches another.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> Option<Zeroizing<String>> {
    splices.sort_by_key(|splice| splice.range.start);
    let mut parts = Vec::new();
    let mut at = 0;
    for splice in &splices {
        parts.extend([text.get(at..splice.range.start)?, &splice.with]);
        at = splice.range.end;
    }
    parts.push(text.get(at..)?);
    Some(concat(&parts))
}

/// Puts a member into an object, before the one that is at this place: behind the member before it, so
/// that taking it out again leaves what was there.
pub(super) fn insert(
    object: &Object<'_>,
    at: usize,
    member: &str,
    (space, end): (&str, &str),
) -> Splice {
    let before = at.checked_sub(1).and_then(|at| object.members.get(at));
    let (range, with) = match (before, object.members.first()) {
        (Some(before), _) => (before.value.end..before.value.end, concat(&[",", space, member])),
        (None, Some(first)) => (first.start..first.start, concat(&[member, ",", space])),
        (None, None) => (object.inside.clone(), concat(&[space, member, end])),
    };
    Splice { range, with }
}

/// Takes members out of an object, each with its comma and the space before it.
pub(super) fn remove(object: &Object<'_>, is_removed: impl Fn(&Member<'_>) -> bool) -> Vec<Splice> {
    let nothing = |range| Splice { range, with: Zeroizing::default() };
    let members = &object.members;
    let leading = members.iter().take_while(|member| is_removed(member)).count();
    let mut splices = Vec::new();
    match (members.first(), members.get(leading)) {
        _ if leading == 0 => {}
        (Some(first), Some(next)) => splices.push(nothing(first.start..next.start)),
        _ => return vec![nothing(object.inside.clone())],
    }
    for pair in members.windows(2).skip(leading) {
        if let [before, member] = pair
            && is_removed(member)
        {
            splices.push(nothing(before.value.end..member.value.end));
        }
    }
    splices
}
