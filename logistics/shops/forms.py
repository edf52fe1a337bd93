"""What people type about what shops sent, and about the shops themselves."""

from collections.abc import Mapping

from wtforms import HiddenField, StringField

from logistics.core.address_forms import AddressedForm
from logistics.core.forms import CodeField, EmailField, Form, LineField, choice_field
from logistics.core.language import lazy
from logistics.shops.models import CodeKind
from logistics.shops.shop_orders import Recipient
from logistics.shops.translating import CORRECTABLE


class RecipientForm(AddressedForm):
    """Who gets it and where, over what the shop said. Checked by the capability, with the country's rules."""

    name = LineField(lazy("Name"), required=True)
    email = EmailField(lazy("E-mail"), longest=254)
    phone = LineField(lazy("Phone"), longest=40)

    @classmethod
    def of(cls, recipient: Recipient) -> "RecipientForm":
        """The form filled with the recipient as far as the shop and we know."""
        own = {"name": recipient.name, "phone": recipient.phone, "email": recipient.email}
        return cls(formdata=None, data={**own, **recipient.address.as_columns()})

    def mark(self, problems: Mapping[str, str]) -> None:
        """Put what is wrong beside the fields it names."""
        for name in CORRECTABLE:
            if name in problems:
                self[name].errors = [*self[name].errors, problems[name]]

    @property
    def corrections(self) -> dict[str, str]:
        """What was typed, once it is valid."""
        return {name: self[name].data or "" for name in CORRECTABLE}


class MappingForm(Form):
    """Which product of ours a shop means: picked from the list, or its SKU typed."""

    kind = HiddenField(default=CodeKind.SKU.value)
    code = HiddenField()
    title = HiddenField()
    product = StringField(lazy("Our product"))
    product_sku = HiddenField()

    @property
    def sku(self) -> str:
        """The SKU that was picked, or else what was typed."""
        return (self.product_sku.data or self.product.data or "").strip()[:64]


class NewMappingForm(MappingForm):
    """As MappingForm, for a code that is typed too."""

    kind = choice_field(lazy("The shop's"), [(CodeKind.SKU.value, lazy("SKU")), (CodeKind.VARIANT.value, lazy("Variant or product id"))])
    code = CodeField(lazy("Code"), longest=100, required=True)


class DismissalForm(Form):
    """Why nothing is to be done."""

    note = LineField(lazy("Why discard it?"), longest=500, required=True)
