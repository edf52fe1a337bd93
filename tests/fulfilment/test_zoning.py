"""How far a parcel goes."""

import pytest

from logistics.core.addresses import Address
from logistics.fulfilment.zoning import Zone, zone_of


@pytest.mark.parametrize(
    ("origin", "destination", "zone"),
    [
        (Address(country="GB", postcode="LS1 5HD"), Address(country="GB", postcode="ls27 0AA"), Zone.LOCAL),
        (Address(country="GB", postcode="LS1 5HD"), Address(country="GB", postcode="L1 8JQ"), Zone.DOMESTIC),
        (Address(country="CN", region="浙江省", city="杭州市"), Address(country="CN", region="浙江", city="宁波市"), Zone.LOCAL),
        (Address(country="CN", region="Zhejiang", city="Hangzhou"), Address(country="CN", region="北京市", city="北京市"), Zone.DOMESTIC),
        (Address(country="DE", postcode="10115"), Address(country="DE", postcode="10999"), Zone.LOCAL),
        (Address(country="DE", postcode="10115"), Address(country="DE", postcode="80331"), Zone.DOMESTIC),
        (Address(country="US", region="CA", postcode="94103"), Address(country="US", region="California", postcode="90001"), Zone.LOCAL),
        (Address(country="GB"), Address(country="GB"), Zone.DOMESTIC),
        (Address(country="DE"), Address(country="FR"), Zone.NEAR),
        (Address(country="GB"), Address(country="IE"), Zone.NEAR),
        (Address(country="US"), Address(country="CA"), Zone.NEAR),
        (Address(country="CN"), Address(country="HK"), Zone.NEAR),
        (Address(country="GB"), Address(country="CN"), Zone.FAR),
        (Address(country="DE"), Address(country="US"), Zone.FAR),
        (Address(), Address(country="GB"), None),
        (Address(country="GB"), Address(), None),
    ],
)
def test_the_zone_of_a_parcel_is_the_same_both_ways(origin: Address, destination: Address, zone: Zone | None) -> None:
    assert zone_of(origin, destination) == zone_of(destination, origin) == zone
