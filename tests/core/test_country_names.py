"""Countries by code and by name."""

import pytest

from logistics.core.country_names import read_country
from logistics.core.refusals import BadValue


@pytest.mark.parametrize(
    ("text", "code"),
    [("GB", "GB"), ("gb", "GB"), ("United Kingdom", "GB"), ("UK", "GB"), ("U.S.A.", "US"), ("EIRE", "IE"), ("中国", "CN"), ("英国", "GB"),
     ("côte d’ivoire", "CI"), ("Germany", "DE"), (" France ", "FR"), ("Taiwan", "TW"), ("香港", "HK")],
)  # fmt: skip
def test_a_country_is_known_by_its_code_and_its_names(session: object, text: str, code: str) -> None:
    assert read_country(text) == code


@pytest.mark.parametrize("text", ["ZZ", "Atlantis", "European Community", "Unspecified", "'; DROP", "Deutschland und Umgebung"])
def test_what_is_none_is_refused(session: object, text: str) -> None:
    with pytest.raises(BadValue) as refusal:
        read_country(text)
    assert refusal.value.code == "unknown_country"
