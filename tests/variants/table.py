"""All conforming variants."""

from tests.mutants.harness.alterations import PAGED, change_error, change_request, change_response
from tests.mutants.harness.wrapper import layered
from tests.variants import crossings, data_changes, errors, ids, paging, rows, values, windows, writes
from tests.variants.harness.schema_members import change_members
from tests.variants.harness.variant import Variant

__all__ = ["VARIANTS"]

_ASP_NET_CORE = layered(
    values.with_timestamps(lambda whole, fraction: f"{whole}{f'.{fraction:0<7}' if fraction else ''}+00:00"),
    change_members(values.without_nulls),
    change_error(errors.without_body, 400, 404, 405),
    change_response(values.with_charset),
    change_request(paging.clamp_page_size, *PAGED),
    errors.only_get,
)

VARIANTS: tuple[Variant, ...] = (
    *paging.VARIANTS,
    *crossings.VARIANTS,
    *rows.VARIANTS,
    *values.VARIANTS,
    *ids.VARIANTS,
    *errors.VARIANTS,
    *windows.VARIANTS,
    *data_changes.VARIANTS,
    *writes.VARIANTS,
    Variant(
        "dotnet",
        "Several differences at once: the defaults of ASP.NET Core",
        _ASP_NET_CORE,
        ("ERR-002", "PAG-008", "SHP-014"),
    ),
)
