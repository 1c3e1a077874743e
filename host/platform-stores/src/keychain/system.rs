//! The system's calls, each made safe in its place. Nothing is decided here, since nothing here runs on
//! another system.
#![allow(
    unsafe_code,
    reason = "the crate for the keychain can neither search for a server nor tell an account or a port"
)]

use std::ptr;
use std::sync::Arc;

use core_foundation::array::CFArray;
use core_foundation::base::{CFType, CFTypeRef, TCFType};
use core_foundation::boolean::CFBoolean;
use core_foundation::data::CFData;
use core_foundation::date::CFDate;
use core_foundation::dictionary::CFDictionary;
use core_foundation::number::CFNumber;
use core_foundation::string::{CFString, CFStringRef};
use lockgate_core::Secret;
use security_framework::base::Error;
use security_framework::os::macos::keychain_item::SecKeychainItem;
use security_framework_sys::item::{
    kSecAttrAccount, kSecAttrAuthenticationType, kSecAttrLabel, kSecAttrPath, kSecAttrPort,
    kSecAttrProtocol, kSecAttrServer, kSecClass, kSecClassInternetPassword, kSecMatchLimit,
    kSecMatchLimitAll, kSecReturnAttributes, kSecReturnData, kSecReturnRef, kSecValueData,
    kSecValueRef,
};
use security_framework_sys::keychain_item::{
    SecItemAdd, SecItemCopyMatching, SecItemDelete, SecItemUpdate,
};
use zeroize::Zeroizing;

use super::docker::{Attribute, Attributes, Calls, Found, Status, Value};

#[link(name = "Security", kind = "framework")]
#[allow(non_upper_case_globals, reason = "the system's own names")]
unsafe extern "C" {
    static kSecAttrModificationDate: CFStringRef;
    static kSecMatchItemList: CFStringRef;
}

/// `errSecInternalComponent`: for an answer that the system promises not to give.
const INTERNAL: i32 = -2070;

/// The keychains in which the system searches, and the default one, in which it makes entries.
#[derive(Debug)]
pub(super) struct System;

/// The system's names of what it is asked with and answers.
#[derive(Clone, Copy)]
enum Name {
    Of(Attribute),
    Class,
    InternetPassword,
    Items,
    Limit,
    All,
    WithAttributes,
    WithItem,
    WithSecret,
    Item,
    Secret,
}

impl Name {
    fn text(self) -> CFString {
        // SAFETY: these are constants of the system's libraries, which are there before the program
        // starts and until it ends.
        let text = unsafe {
            match self {
                Self::Of(Attribute::Account) => kSecAttrAccount,
                Self::Of(Attribute::Authentication) => kSecAttrAuthenticationType,
                Self::Of(Attribute::Changed) => kSecAttrModificationDate,
                Self::Of(Attribute::Label) => kSecAttrLabel,
                Self::Of(Attribute::Path) => kSecAttrPath,
                Self::Of(Attribute::Port) => kSecAttrPort,
                Self::Of(Attribute::Protocol) => kSecAttrProtocol,
                Self::Of(Attribute::Server) => kSecAttrServer,
                Self::Class => kSecClass,
                Self::InternetPassword => kSecClassInternetPassword,
                Self::Items => kSecMatchItemList,
                Self::Limit => kSecMatchLimit,
                Self::All => kSecMatchLimitAll,
                Self::WithAttributes => kSecReturnAttributes,
                Self::WithItem => kSecReturnRef,
                Self::WithSecret => kSecReturnData,
                Self::Item => kSecValueRef,
                Self::Secret => kSecValueData,
            }
        };
        // SAFETY: it is a string of the system's, and is not taken from it.
        unsafe { CFString::wrap_under_get_rule(text) }
    }
}

/// What the system is asked with.
type Words = CFDictionary<CFString, CFType>;

impl Calls for System {
    type Item = SecKeychainItem;

    fn find(&self, attributes: &Attributes) -> Result<Vec<Found<SecKeychainItem>>, Status> {
        let mut asked = vec![class(), (Name::Limit.text(), Name::All.text().into_CFType())];
        asked.extend([Name::WithAttributes, Name::WithItem].map(yes));
        asked.extend(pairs(attributes));
        let Some(answer) = copy_matching(&asked)? else { return Ok(Vec::new()) };
        let array: CFArray = answer.downcast_into().ok_or_else(unexpected)?;
        // SAFETY: the system fills it with objects of its own alone.
        let all: CFArray<CFType> =
            unsafe { CFArray::wrap_under_get_rule(array.as_concrete_TypeRef()) };
        all.iter().map(|one| found(&one).ok_or_else(unexpected)).collect()
    }

    fn read(&self, item: &SecKeychainItem) -> Result<Secret, Status> {
        let [class, item] = only(item);
        // It has no bytes at all where an entry has none.
        let Some(answer) = copy_matching(&[class, item, yes(Name::WithSecret)])? else {
            return Ok(Secret::default());
        };
        let data: CFData = answer.downcast_into().ok_or_else(unexpected)?;
        Ok(Secret::new(data.bytes().to_vec()))
    }

    fn add(&self, attributes: &Attributes, secret: &Secret) -> Result<(), Status> {
        let mut new = vec![class(), value(secret)];
        new.extend(pairs(attributes));
        let new = Words::from_CFType_pairs(&new);
        // SAFETY: the words live until the call returns, and nothing is asked of it in return.
        check(unsafe { SecItemAdd(new.as_concrete_TypeRef(), ptr::null_mut()) })
    }

    fn change(
        &self,
        item: &SecKeychainItem,
        attributes: &Attributes,
        secret: &Secret,
    ) -> Result<(), Status> {
        let asked = Words::from_CFType_pairs(&only(item));
        let mut changed = vec![value(secret)];
        changed.extend(pairs(attributes));
        let changed = Words::from_CFType_pairs(&changed);
        // SAFETY: both live until the call returns.
        check(unsafe { SecItemUpdate(asked.as_concrete_TypeRef(), changed.as_concrete_TypeRef()) })
    }

    fn remove(&self, item: &SecKeychainItem) -> Result<(), Status> {
        let asked = Words::from_CFType_pairs(&only(item));
        // SAFETY: the words live until the call returns.
        check(unsafe { SecItemDelete(asked.as_concrete_TypeRef()) })
    }
}

fn copy_matching(asked: &[(CFString, CFType)]) -> Result<Option<CFType>, Status> {
    let asked = Words::from_CFType_pairs(asked);
    let mut answer: CFTypeRef = ptr::null();
    // SAFETY: the words live until the call returns, and `answer` is where it writes a pointer.
    check(unsafe { SecItemCopyMatching(asked.as_concrete_TypeRef(), &raw mut answer) })?;
    if answer.is_null() {
        return Ok(None);
    }
    // SAFETY: the system gave it, an object of its own, and it is ours to give back.
    Ok(Some(unsafe { CFType::wrap_under_create_rule(answer) }))
}

fn class() -> (CFString, CFType) {
    (Name::Class.text(), Name::InternetPassword.text().into_CFType())
}

fn yes(name: Name) -> (CFString, CFType) {
    (name.text(), CFBoolean::true_value().into_CFType())
}

/// This one entry, and no search.
fn only(item: &SecKeychainItem) -> [(CFString, CFType); 2] {
    let items = CFArray::from_CFTypes(std::slice::from_ref(item));
    [class(), (Name::Items.text(), items.into_CFType())]
}

/// The secret in memory of ours, which is overwritten when the system is done with it.
fn value(secret: &Secret) -> (CFString, CFType) {
    let bytes = Arc::new(Zeroizing::new(secret.expose().to_vec()));
    (Name::Secret.text(), CFData::from_arc(bytes).into_CFType())
}

fn pairs(attributes: &Attributes) -> impl Iterator<Item = (CFString, CFType)> {
    attributes.all().map(|(attribute, value)| {
        let value = match value {
            Value::Text(text) => CFString::new(text).into_CFType(),
            Value::Number(number) => CFNumber::from(*number).into_CFType(),
        };
        (Name::Of(attribute).text(), value)
    })
}

fn found(one: &CFType) -> Option<Found<SecKeychainItem>> {
    let untyped: CFDictionary = one.downcast()?;
    // SAFETY: the system's names are strings, and each value is an object of its own.
    let told = unsafe { Words::wrap_under_get_rule(untyped.as_concrete_TypeRef()) };
    let item = told.find(Name::Item.text())?.downcast()?;
    let mut attributes = Attributes::default();
    for attribute in Attribute::ALL {
        if let Some(value) = told.find(Name::Of(attribute).text()).and_then(|value| read(&value)) {
            attributes.set(attribute, value);
        }
    }
    Some(Found { item, attributes })
}

/// None if it is of a kind that none of the attributes is.
fn read(value: &CFType) -> Option<Value> {
    if let Some(text) = value.downcast::<CFString>() {
        return Some(Value::Text(text.to_string()));
    }
    if let Some(date) = value.downcast::<CFDate>() {
        return Some(Value::Number(date.abs_time() as i64));
    }
    value.downcast::<CFNumber>()?.to_i64().map(Value::Number)
}

fn check(code: i32) -> Result<(), Status> {
    match code {
        0 => Ok(()),
        _ => Err(Status::new(code, Error::from_code(code).into())),
    }
}

fn unexpected() -> Status {
    Status::new(INTERNAL, "it answered with something that is no entry".into())
}
