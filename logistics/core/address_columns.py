"""The columns of a postal address, for every table that keeps one."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core.addresses import Address


class AddressColumns:
    """The parts of an address as they were typed, under the names that Address has."""

    line1: Mapped[str] = mapped_column(String(200), default="")
    line2: Mapped[str] = mapped_column(String(200), default="")
    district: Mapped[str] = mapped_column(String(100), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    region: Mapped[str] = mapped_column(String(100), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2), default="")

    @property
    def address(self) -> Address:
        """All of them together."""
        return Address(self.line1, self.line2, self.district, self.city, self.region, self.postcode, self.country)
