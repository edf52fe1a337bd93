"""What is promised for every bad input (reliability.md, section 4): on which surfaces, what is tested elsewhere, and what has no surface yet.

Letters: F form, J JSON of the API, C CSV and XLSX, W webhook, Q query and URL.
"""

# The column "On", number for number.
ON = {
    "B1": "FJC", "B2": "FJC", "B3": "FJC", "B4": "JQ", "B5": "FJC", "B6": "FJC", "B7": "FJC", "B8": "FC", "B9": "FJC", "B10": "FC",
    "B11": "FC", "B12": "J", "B13": "J", "B14": "FJC", "B15": "FJC", "B16": "FJC", "B17": "J", "B18": "FJ", "B19": "FJC", "B20": "FJC",
    "B21": "FJC", "B22": "FC", "B23": "FC", "B24": "C", "B25": "C", "B26": "FJ", "B27": "J", "B28": "J", "B29": "FJCW", "B30": "Q",
    "B31": "J", "B32": "FJC", "B33": "FJ", "B34": "FJ", "B35": "FJ", "B36": "FJ", "B37": "FJ", "B38": "FQ", "B39": "J", "B40": "J",
    "B41": "J", "B42": "J", "B43": "J", "B44": "J", "B45": "J", "B46": "J", "B47": "J", "B48": "J", "B49": "FJ", "B50": "FJ",
    "B51": "FJ", "B52": "FJQ", "B53": "FJCW", "B54": "FC", "B55": "J", "B56": "JW", "B57": "JW", "B58": "JW", "B59": "FJ", "B60": "JW",
    "B61": "FJ", "B62": "W", "B63": "W", "B64": "W", "B65": "W", "B66": "W", "B67": "W", "B68": "W", "B69": "W", "B70": "W",
    "B71": "W", "B72": "W", "B73": "FJ", "B74": "C", "B75": "C", "B76": "C", "B77": "C", "B78": "C", "B79": "C", "B80": "C",
    "B81": "C", "B82": "C", "B83": "FQ", "B84": "F",
}  # fmt: skip

# What takes many processes, a browser, or more than a row can say, also beside rows: the tests that show it.
ELSEWHERE = {
    "B24 C": ("tests/core/test_sheets.py::test_one_code_in_two_rows_is_one_error_naming_both",),
    "B34 J": ("tests/bad_inputs/test_what_is_said.py::test_what_is_taken_as_it_is_comes_back_as_it_is",),
    "B41 J": ("tests/bad_inputs/test_what_is_said.py::test_a_misspelt_field_is_told_what_may_be_meant",),
    "B46 J": ("tests/chaos/test_api.py::test_whoever_falls_silent_in_the_middle_of_a_body_holds_nobody_up",),
    "B48 J": ("tests/api/test_once.py::test_fifty_at_once_are_one_order",),
    "B53 F": ("tests/browser/test_hostile_text.py::test_hostile_text_is_shown_as_text_and_does_nothing",),
    "B54 C": ("tests/imports/test_import_pages.py::test_the_report_is_a_file_that_runs_no_formula",),
    "B54 F": ("tests/core/test_exports.py::test_our_own_reader_gives_back_what_was_written",),
    "B60 W": ("tests/shops/test_working.py::test_a_clock_that_was_wrong_once_hides_no_later_news",),
    "B65 W": ("tests/shops/test_hooks.py::test_a_repeat_only_counts",),
    "B66 W": ("tests/shops/test_hooks.py::test_something_else_under_an_id_is_kept_apart",),
    "B67 W": ("tests/shops/test_hooks.py::test_an_old_secret_holds_until_its_end",),
    "B78 C": ("tests/core/test_sheets.py::test_ragged_rows_are_named_and_blank_ones_counted",),
    "B81 C": (
        "tests/core/test_sheets.py::test_too_many_rows_and_too_many_bytes_are_refused_with_the_limit",
        "tests/imports/test_limits.py::test_too_many_rows_are_refused_with_the_limit",
    ),
    "B82 C": ("tests/core/test_workbooks.py::test_days_counted_from_1904_are_refused_by_cell",),
    "B84 F": (
        "tests/core/test_keys.py::test_twenty_at_once_have_one_effect",
        "tests/browser/test_signed_out.py::test_what_is_done_after_the_session_ended_leads_to_the_door_and_changes_nothing",
    ),
}

NO_SURFACE = {
    "B61 F": "no page takes a ship-by or an expiry date yet; orders of long ago that were shipped before they were placed are rows on C",
    "B61 J": "no call takes a ship-by or an expiry date yet",
}
