//! The encrypted session of the Secret Service API, `dh-ietf1024-sha256-aes128-cbc-pkcs7`: a secret
//! crosses the bus under a key that both ends agree on, so that who listens on the bus does not see it.
//! It keeps nobody away who can take the service's place.

use aes::Aes128;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U256, U1024, const_monty_params};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::error::SecretServiceError as Error;

/// The algorithm's name on the bus.
pub(super) const ENCRYPTED: &str = "dh-ietf1024-sha256-aes128-cbc-pkcs7";
/// That of none.
pub(super) const PLAIN: &str = "plain";

/// Bytes of a number of the group.
const NUMBER: usize = 128;
/// Bytes of the key and of the first block.
const BLOCK: usize = 16;

// The second Oakley group, of RFC 2409.
const_monty_params!(
    Group,
    U1024,
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74\
     020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437\
     4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed\
     ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff",
    "The numbers that keys are agreed on in."
);

type Number = ConstMontyForm<Group, { U1024::LIMBS }>;

/// This end's half of the agreement. 256 bits of secret are twice what this group is worth, and take
/// a quarter of the time that 1024 take.
pub(super) struct KeyPair {
    private: Zeroizing<[u8; 32]>,
    public: [u8; NUMBER],
}

impl KeyPair {
    pub(super) fn new() -> Result<Self, Error> {
        let mut private = Zeroizing::new([0; 32]);
        random(private.as_mut_slice())?;
        Ok(Self::of(private))
    }

    fn of(private: Zeroizing<[u8; 32]>) -> Self {
        let exponent = Zeroizing::new(U256::from_be_slice(private.as_slice()));
        let public = Number::new(&U1024::from_u8(2)).pow(&exponent).retrieve();
        Self { private, public: bytes_of(&public) }
    }

    /// What the other end is told.
    pub(super) fn public(&self) -> &[u8] {
        &self.public
    }

    /// The key that both ends have once this one knows the other's half.
    pub(super) fn agree(&self, other: &[u8]) -> Result<Key, Error> {
        let other = number(other).ok_or(Error::Malformed("its half of the key is none"))?;
        let exponent = Zeroizing::new(U256::from_be_slice(self.private.as_slice()));
        let shared = Zeroizing::new(Number::new(&other).pow(&exponent).retrieve());
        let shared = Zeroizing::new(bytes_of(&shared));
        let mut key = Zeroizing::new([0; BLOCK]);
        Hkdf::<Sha256>::new(None, shared.as_slice())
            .expand(&[], key.as_mut_slice())
            .map_err(|_| Error::Malformed("its half of the key is none"))?;
        Ok(Key(key))
    }
}

/// A number from 2 to two below the modulus: the others would make a key that everybody knows.
fn number(bytes: &[u8]) -> Option<U1024> {
    let padding = NUMBER.checked_sub(bytes.len())?;
    let mut padded = [0; NUMBER];
    padded.get_mut(padding..)?.copy_from_slice(bytes);
    let number = U1024::from_be_slice(&padded);
    let largest = modulus().wrapping_sub(&U1024::from_u8(2));
    (number >= U1024::from_u8(2) && number <= largest).then_some(number)
}

fn modulus() -> U1024 {
    *<Group as crypto_bigint::modular::ConstMontyParams<{ U1024::LIMBS }>>::PARAMS
        .modulus()
        .as_ref()
}

fn bytes_of(number: &U1024) -> [u8; NUMBER] {
    let mut bytes = [0; NUMBER];
    bytes.copy_from_slice(number.to_be_bytes().as_ref());
    bytes
}

/// The key of a session.
pub(super) struct Key(Zeroizing<[u8; BLOCK]>);

impl Key {
    /// The first block, random, and the secret in so many blocks as it takes.
    pub(super) fn encrypt(&self, secret: &[u8]) -> Result<([u8; BLOCK], Vec<u8>), Error> {
        let mut start = [0; BLOCK];
        random(&mut start)?;
        let cipher = cbc::Encryptor::<Aes128>::new((&*self.0).into(), (&start).into());
        let mut blocks = Zeroizing::new(vec![0; (secret.len() / BLOCK + 1) * BLOCK]);
        let encrypted = cipher
            .encrypt_padded_b2b_mut::<Pkcs7>(secret, &mut blocks)
            .map_err(|_| Error::Malformed("the secret has no room"))?;
        Ok((start, encrypted.to_vec()))
    }

    pub(super) fn decrypt(&self, start: &[u8], blocks: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let wrong = Error::Malformed("the secret is not encrypted as was agreed on");
        let Ok(start) = <&[u8; BLOCK]>::try_from(start) else { return Err(wrong) };
        let cipher = cbc::Decryptor::<Aes128>::new((&*self.0).into(), start.into());
        let mut secret = Zeroizing::new(blocks.to_vec());
        match cipher.decrypt_padded_mut::<Pkcs7>(&mut secret).map(<[u8]>::len) {
            Ok(length) => {
                secret.truncate(length);
                Ok(secret)
            }
            Err(_) => Err(wrong),
        }
    }
}

fn random(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|_| Error::NoRandom)
}

#[cfg(test)]
mod tests {
    use crypto_bigint::U1024;
    use zeroize::Zeroizing;

    use super::{BLOCK, KeyPair, NUMBER, bytes_of, modulus};

    #[test]
    fn both_ends_have_the_same_key() {
        let (one, other) = (KeyPair::new().unwrap(), KeyPair::new().unwrap());
        assert_ne!(one.public(), other.public());
        let key = one.agree(other.public()).unwrap();
        let same = other.agree(one.public()).unwrap();
        for length in [0, 1, 15, 16, 17, 65536] {
            let secret = vec![7; length];
            let (start, blocks) = key.encrypt(&secret).unwrap();
            assert_eq!(blocks.len() % BLOCK, 0);
            assert_eq!(*same.decrypt(&start, &blocks).unwrap(), secret);
        }
        assert_ne!(key.encrypt(b"x").unwrap().1, key.encrypt(b"x").unwrap().1);
    }

    /// Computed with Python's own numbers and `hmac`, and with `openssl enc`.
    #[test]
    fn the_key_is_the_one_that_the_specification_means() {
        let private = |byte| KeyPair::of(Zeroizing::new([byte; 32]));
        let (one, other) = (private(0x11), private(0x22));
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(hex(&one.public()[..16]), PUBLIC);
        let key = one.agree(other.public()).unwrap();
        assert_eq!(hex(key.0.as_slice()), KEY);
        let blocks: Vec<u8> = (0..BLOCKS.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&BLOCKS[at..at + 2], 16).unwrap())
            .collect();
        assert_eq!(*key.decrypt(&[0; BLOCK], &blocks).unwrap(), b"a token");
    }

    const PUBLIC: &str = "a3616141ace28df1503b7975754b8c03";
    const KEY: &str = "9230a221c40ac242fef986ae8a850943";
    const BLOCKS: &str = "fae2fb35f9d417bfcf0cadbc7cdf5fb0";

    #[test]
    fn halves_that_give_the_key_away_are_refused() {
        let own = KeyPair::new().unwrap();
        let below = |by: u8| bytes_of(&modulus().wrapping_sub(&U1024::from_u8(by)));
        for half in [&[][..], &[0], &[1], &below(0), &below(1), &[1; NUMBER + 1]] {
            assert!(own.agree(half).is_err(), "{half:?}");
        }
        for half in [&[2][..], &below(2)] {
            assert!(own.agree(half).is_ok());
        }
    }

    #[test]
    fn blocks_that_were_not_encrypted_so_are_refused() {
        let (one, other) = (KeyPair::new().unwrap(), KeyPair::new().unwrap());
        let key = one.agree(other.public()).unwrap();
        let (start, blocks) = key.encrypt(b"a token").unwrap();
        for (start, blocks) in
            [(&start[..15], &blocks[..]), (&[], &blocks), (&start, &[]), (&start, &blocks[..15])]
        {
            assert!(key.decrypt(start, blocks).is_err());
        }
    }
}
