"""How much a clerk may record."""

import pytest
from flask import Flask

from logistics.customers.rules import OverRecordingLimit, check_recording


@pytest.mark.parametrize(("amount", "currency"), [(20_000, "USD"), (200, "JPY"), (200_000, "KWD")])
def test_clerks_record_up_to_two_hundred_units_and_others_any_amount(worker_app: Flask, amount: int, currency: str) -> None:
    with worker_app.app_context():
        check_recording(amount, currency, any_amount=False)
        check_recording(amount + 1, currency, any_amount=True)
        with pytest.raises(OverRecordingLimit) as refusal:
            check_recording(amount + 1, currency, any_amount=False)
    assert refusal.value.status == 403
    assert "200" in refusal.value.message
    assert refusal.value.errors[0].facts == {"limit": amount}
