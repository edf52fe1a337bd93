"""What the customer of an order may know of it (SEC28): no street, no full name, no phone, no e-mail, no price and nobody of the staff.

What is not in here cannot be shown. What is for somebody who knows a second fact is filled in for them alone.
"""

from dataclasses import dataclass

from logistics.fulfilment.models import IN_HOUSE, ShipmentState
from logistics.orders.models import OrderStatus
from logistics.tracking.arriving import Arrival, latest_of
from logistics.tracking.timeline import Moment
from logistics.tracking.troubles import TROUBLED, Trouble, trouble_of

_S = ShipmentState
# What is said first when parcels of one order are in different states.
URGENCY = (*TROUBLED, _S.READY_FOR_PICKUP, _S.OUT_FOR_DELIVERY, _S.IN_TRANSIT, _S.SHIPPED, _S.DELIVERED)
_ENDS = (_S.DELIVERED, _S.RETURNED_TO_SENDER, _S.LOST)
# Something happens to these within hours.
_SOON = (_S.PACKED, _S.OUT_FOR_DELIVERY)
SOON_SECONDS, LATER_SECONDS = 10, 30


@dataclass(frozen=True)
class PublicParcel:
    """A parcel as its customer may know it; `number` counts the parcels of the order from 1.

    `problem` is what its latest report named, `latest` what its carrier said last. The proof (how it was handed over, to whom, the name of
    a photo) is for who knows a second fact.
    """

    number: int
    state: ShipmentState
    goods: tuple[tuple[str, int], ...]
    carrier: str = ""
    tracking_number: str = ""
    link: str = ""
    problem: str = ""
    arrival: Arrival | None = None
    latest: Moment | None = None
    proof: str = ""
    signer: str = ""
    photo: str = ""

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with it, if anything is."""
        return trouble_of(self.state, self.problem, parcel=self.number, link=self.link)

    @property
    def is_in_house(self) -> bool:
        """Whether it has not left yet."""
        return self.state in IN_HOUSE


@dataclass(frozen=True)
class PublicOrder:
    """An order as its customer may know it. `unsent` are goods that lie in no parcel yet; `can_pay`: by card; `is_paying`: a page for that
    stands open; `failure`: why nothing came of the last one, in words; `knows`: its reader knows a second fact, `may_know`: they could."""

    number: str
    status: str
    recipient: str
    city: str
    is_paid: bool
    parcels: tuple[PublicParcel, ...]
    unsent: tuple[tuple[str, int], ...]
    moments: tuple[Moment, ...]
    pays_on_delivery: bool = False
    can_pay: bool = False
    is_paying: bool = False
    failure: str = ""
    can_readdress: bool = False
    knows: bool = False
    may_know: bool = False

    @property
    def on_the_road(self) -> list[PublicParcel]:
        """The parcels that have left, the most urgent news first."""
        gone = [parcel for parcel in self.parcels if parcel.state in URGENCY]
        return sorted(gone, key=lambda parcel: URGENCY.index(parcel.state))

    @property
    def problem(self) -> ShipmentState | None:
        """What went wrong, if anything did."""
        first = next(iter(self.on_the_road), None)
        return first.state if first and first.state in TROUBLED else None

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with the parcel that is told of first, or with another one."""
        return next((parcel.trouble for parcel in self.on_the_road if parcel.trouble), None)

    @property
    def arrival(self) -> Arrival | None:
        """When the last of its parcels on the road is expected, where that is known."""
        return latest_of(parcel.arrival for parcel in self.parcels)

    @property
    def coming(self) -> list[PublicParcel]:
        """The parcels that have left and did not arrive yet, in their order: those whose receipt can be confirmed."""
        return [parcel for parcel in self.parcels if parcel.state in URGENCY and parcel.state not in (_S.DELIVERED, _S.RETURNED_TO_SENDER)]

    @property
    def delivered(self) -> list[PublicParcel]:
        """The parcels that count as delivered: those that can be reported as not received."""
        return [parcel for parcel in self.parcels if parcel.state is _S.DELIVERED]

    @property
    def is_over(self) -> bool:
        """Whether nothing more is going to happen by itself."""
        if self.status in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
            return True
        return self.status == OrderStatus.DELIVERED and all(parcel.state in _ENDS for parcel in self.parcels)

    @property
    def seconds_to_wait(self) -> int:
        """How long its open page waits before it asks again: longer where nothing is expected soon, 0 for never."""
        if self.is_over:
            return 0
        arrives = self.arrival is not None and self.arrival.latest <= self.arrival.today
        soon = arrives or self.is_paying or any(parcel.state in _SOON for parcel in self.parcels)
        return SOON_SECONDS if soon else LATER_SECONDS

    @property
    def can_follow(self) -> bool:
        """Whether there is more to be told by e-mail."""
        return not self.is_over

    @property
    def is_packed(self) -> bool:
        """Whether all of it lies in closed parcels."""
        return bool(self.parcels) and not self.unsent and not any(parcel.state in IN_HOUSE[:-1] for parcel in self.parcels)


def mask_email(address: str) -> str:
    """An address that its owner recognises: "mina@example.com" is "m•••@e•••"."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain[:1]}•••"


def mask_name(name: str) -> str:
    """A name that its owner recognises and nobody else can use: "Mina Park" is "M••• P•••", "张伟" is "张•"."""
    words = name.split()
    if not words:
        return ""
    if not words[0][0].isascii() and len(words) == 1:
        return words[0][0] + "•" * min(2, max(1, len(words[0]) - 1))
    return " ".join(f"{word[0]}•••" for word in words[:4])
