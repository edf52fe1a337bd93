"""The table of bad inputs, B1 to B84 (reliability.md, section 4): every surface there is, and every row.

Whoever adds a surface writes its rows in a file of their own and puts both here.
"""

from tests.bad_inputs import (
    api_bodies,
    carrier_hooks,
    deliveries,
    files,
    hooks,
    order_form,
    orders_by_api,
    other_files,
    other_forms,
    pasted_answers,
    photos,
    questions,
    tracking_by_api,
)
from tests.bad_inputs.rows import Bad, Open

SURFACES: dict[str, Open] = {
    **orders_by_api.SURFACES,
    **order_form.SURFACES,
    **other_forms.SURFACES,
    **pasted_answers.SURFACES,
    **photos.SURFACES,
    **questions.SURFACES,
    **files.SURFACES,
    **other_files.SURFACES,
    **deliveries.SURFACES,
    **carrier_hooks.SURFACES,
    **tracking_by_api.SURFACES,
}
ROWS: list[Bad] = [
    *orders_by_api.ROWS,
    *api_bodies.ROWS,
    *order_form.ROWS,
    *other_forms.ROWS,
    *pasted_answers.ROWS,
    *photos.ROWS,
    *questions.ROWS,
    *files.ROWS,
    *other_files.ROWS,
    *hooks.ROWS,
    *carrier_hooks.ROWS,
    *tracking_by_api.ROWS,
]
