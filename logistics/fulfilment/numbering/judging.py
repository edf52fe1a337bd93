"""What is said about a number before a parcel leaves under it: a warning, never a refusal, since carriers vary."""

from collections.abc import Sequence

from logistics.core.language import _
from logistics.fulfilment.numbering.recognising import SomeCarrier, Verdict, guess_carrier, verdict


def warn_of_number(number: str, carrier: SomeCarrier, carriers: Sequence[SomeCarrier]) -> str:
    """Why this may be no number of this carrier, in words; empty where nothing speaks against it. `carriers` are those it may be of."""
    judged, said = verdict(number, carrier.number_form), {"carrier": carrier.name}
    if judged is Verdict.WRONG_CHECK_DIGIT:
        return str(_("This does not look like a number of %(carrier)s: its check digit is wrong. Check it, or dispatch it all the same.", **said))
    if judged is not Verdict.UNLIKE:
        return ""
    other = guess_carrier(number, carriers)
    if other is None or other is carrier:
        return str(_("This does not look like a number of %(carrier)s. Check it, or dispatch it all the same.", **said))
    said["other"] = other.name
    return str(_("This looks like a number of %(other)s, not of %(carrier)s. Check it, or dispatch it all the same.", **said))
