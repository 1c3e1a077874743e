//! A change of one key of one field, and the proof that nothing else has changed.

use zeroize::Zeroizing;

use super::DockerConfigError;
use super::edit::Changed;
use super::layout::{AUTHS, HELPERS, Layout, Object, STORE, effective};
use super::members::Member;
use super::splice::{self, Splice, apply};
use super::style::{NewValue, Style, concat, quoted};

/// What is changed: `credsStore`, or one key of a field with many.
#[derive(Clone, Copy)]
pub(super) enum Field<'k> {
    Auth(&'k str),
    Helper(&'k str),
    Store,
}

impl Field<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::Auth(_) => AUTHS,
            Self::Helper(_) => HELPERS,
            Self::Store => STORE,
        }
    }

    /// Whether a member of one of [`Target::objects`] is meant.
    fn is(self, member: &Member<'_>) -> bool {
        match self {
            Self::Auth(key) | Self::Helper(key) => member.key == key,
            Self::Store => member.is_called(STORE),
        }
    }
}

/// A field of a text.
pub(super) struct Target<'t, 'k> {
    layout: Layout<'t>,
    field: Field<'k>,
    style: Style,
}

impl<'t, 'k> Target<'t, 'k> {
    pub(super) fn new(layout: Layout<'t>, field: Field<'k>) -> Self {
        let style = Style::of(&layout);
        Self { layout, field, style }
    }

    /// Gives the field this value, if it has not one already that says the same.
    pub(super) fn set(&self, value: &NewValue<'_>, is_same: impl Fn(&str) -> bool) -> Changed {
        let objects = self.objects()?;
        let members = objects.iter().flat_map(|object| &object.members);
        let found: Vec<_> = members.filter(|member| self.field.is(member)).collect();
        if let [only] = found.as_slice()
            && is_same(only.raw)
        {
            return Ok(None);
        }
        let space = self.space(&objects);
        let written = value.write(&self.style, &space);
        let splices = match found.last() {
            Some(last) => self.replace(&objects, last, &written),
            None => vec![self.add(&objects, &space, &written)],
        };
        self.proved(splices, Some(&written)).map(Some)
    }

    /// Takes the field out. Where it names helpers, what they stand in goes with the last of them, as
    /// docker has it.
    pub(super) fn remove(&self) -> Changed {
        let objects = self.objects()?;
        let all = || objects.iter().flat_map(|object| &object.members);
        if !all().any(|member| self.field.is(member)) {
            return Ok(None);
        }
        let is_last = all().all(|member| self.field.is(member));
        let splices = match (self.field, &self.layout.root) {
            (Field::Helper(_), Some(root)) if is_last => {
                splice::remove(root, |member| member.is_called(HELPERS))
            }
            _ => self.removals(&objects, None),
        };
        self.proved(splices, None).map(Some)
    }

    /// The objects that the field may be a member of.
    fn objects(&self) -> Result<Vec<Object<'t>>, DockerConfigError> {
        match self.field {
            Field::Store => Ok(self.layout.root.iter().cloned().collect()),
            Field::Auth(_) | Field::Helper(_) => self.layout.section(self.field.name()),
        }
    }

    /// The space before the member.
    fn space(&self, objects: &[Object<'_>]) -> String {
        let first = objects.last().and_then(|object| object.first_space(self.layout.text));
        match (self.field, first) {
            (Field::Store, _) => self.style.root.clone(),
            (_, Some(first)) => first.to_owned(),
            (_, None) => self.style.inside(&self.style.root),
        }
    }

    /// All that is meant, but for the member that starts here.
    fn removals(&self, objects: &[Object<'_>], but: Option<usize>) -> Vec<Splice> {
        let is_removed = |member: &Member<'_>| self.field.is(member) && Some(member.start) != but;
        objects.iter().flat_map(|object| splice::remove(object, is_removed)).collect()
    }

    /// The last value is the one that counts; no older one is left in the file.
    fn replace(&self, objects: &[Object<'_>], last: &Member<'_>, value: &str) -> Vec<Splice> {
        let mut splices = self.removals(objects, Some(last.start));
        splices.push(Splice { range: last.value.clone(), with: concat(&[value]) });
        splices
    }

    fn add(&self, objects: &[Object<'_>], space: &str, value: &str) -> Splice {
        let (Field::Auth(key) | Field::Helper(key)) = self.field else {
            return self.add_to_root(value);
        };
        let member = concat(&[&quoted(key), ": ", value]);
        let Some(object) = objects.last() else {
            let object = concat(&["{", space, &member, &self.style.root, "}"]);
            return self.add_to_root(&object);
        };
        // docker sorts them.
        let at = object.members.iter().position(|other| *other.key > *key);
        let at = at.unwrap_or(object.members.len());
        splice::insert(object, at, &member, (space, &self.style.root))
    }

    /// Adds the whole field; in the place of a `null`, and `auths` before all others.
    fn add_to_root(&self, value: &str) -> Splice {
        let name = self.field.name();
        let member = concat(&[&quoted(name), ": ", value]);
        let (space, end) = (self.style.root.as_str(), &*self.style.end());
        let Some(root) = &self.layout.root else {
            let whole = concat(&["{", space, &member, end, "}"]);
            return Splice { range: 0..self.layout.text.len(), with: whole };
        };
        if let Some(null) = self.layout.fields(name).last() {
            return Splice { range: null.value.clone(), with: concat(&[value]) };
        }
        let at = if name == AUTHS { 0 } else { root.members.len() };
        splice::insert(root, at, &member, (space, end))
    }

    /// The changed text, if it has this value for the field and all else is written as it was.
    fn proved(
        &self,
        splices: Vec<Splice>,
        value: Option<&str>,
    ) -> Result<Zeroizing<String>, DockerConfigError> {
        let text = apply(self.layout.text, splices).ok_or_else(|| self.layout.unclear())?;
        let now = Target::new(Layout::parse(&text, self.layout.path)?, self.field);
        let is_right = now.value()?.as_deref().map(String::as_str) == value
            && now.others()? == self.others()?;
        if is_right { Ok(text) } else { Err(self.layout.unclear()) }
    }

    /// The value that counts, as it is written.
    fn value(&self) -> Result<Option<Zeroizing<String>>, DockerConfigError> {
        let objects = self.objects()?;
        let mut members = objects.iter().flat_map(|object| &object.members);
        let last = members.rfind(|member| self.field.is(member));
        Ok(last.map(|member| concat(&[member.raw])))
    }

    /// All else as it is written: the root's other fields in their order, and the members beside this
    /// one in the order in which they count.
    fn others(&self) -> Result<Vec<(String, &'t str)>, DockerConfigError> {
        let root = self.layout.root.iter().flat_map(|root| &root.members);
        let root = root.filter(|member| !member.is_called(self.field.name()));
        let objects = match self.field {
            Field::Store => Vec::new(),
            Field::Auth(_) | Field::Helper(_) => self.objects()?,
        };
        let beside = effective(&objects).into_iter().filter(|member| !self.field.is(member));
        let written = |member: &Member<'t>| (member.key.clone().into_owned(), member.raw);
        Ok(root.chain(beside).map(written).collect())
    }
}
