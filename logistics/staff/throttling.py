"""How often a password may be tried: counted before it is looked at, in the database, so that it holds over all processes (SEC16).

An account is counted whatever address asks, an address whatever account it asks for.
"""

import hashlib

from logistics.core.limits import count_try, forget_tries

PER_ACCOUNT = "10/15 minutes"
PER_ADDRESS = "100/15 minutes"


def count_address(ip: str) -> None:
    """Count a try to sign in from this address. Call it outside a transaction. Raises TooMany for the 101st."""
    count_try(PER_ADDRESS, "sign-in-from", ip)


def count_account(email: str) -> None:
    """Count a try to sign in as this person. Call it outside a transaction. Raises TooMany for the 11th."""
    count_try(PER_ACCOUNT, "sign-in-as", _account(email))


def forget_account(email: str) -> None:
    """The owner got in: their account's count starts anew. The address's does not, or a thief could sign in between tries."""
    forget_tries(PER_ACCOUNT, "sign-in-as", _account(email))


def count_password_check(person_id: int) -> None:
    """Count a try to name the present password. Call it outside a transaction. Raises TooMany for the 11th."""
    count_try(PER_ACCOUNT, "password-of", str(person_id))


def _account(email: str) -> str:
    # A digest: people type passwords into the wrong box, and the table of counts needs neither.
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()
