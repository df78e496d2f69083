"""All mutants, area by area."""

from tests.mutants.authentication import header_forms, key_secrecy, me_identity, rejected_keys
from tests.mutants.consistency import aggregates as consistency_aggregates
from tests.mutants.consistency import (
    asset_hierarchy,
    complete_lists,
    cycle_samples,
    daily_telemetry,
    list_and_detail,
    movement_signatures,
    references,
    service_records,
    timestamp_order,
    update_times,
)
from tests.mutants.errors import error_bodies, parameter_values, paths_and_methods, server_errors, unknown_resources
from tests.mutants.filters import (
    active_status,
    combinations,
    matching_rows,
    text_values,
    unmatched_values,
    updated_since,
    value_types,
)
from tests.mutants.harness.mutant import Mutant
from tests.mutants.isolation import aggregates as isolation_aggregates
from tests.mutants.isolation import (
    authentication_headers,
    boundary_ids,
    boundary_lists,
    foreign_ids,
    foreign_lists,
    foreign_writes,
)
from tests.mutants.paging import (
    complete_walks,
    cursor_binding,
    cursor_reuse,
    cursor_tampering,
    envelope,
    ordering,
    page_size,
)
from tests.mutants.robustness import (
    concurrency,
    generated_requests,
    headers_and_methods,
    ids_and_paths,
    parameters,
    representations,
)
from tests.mutants.scopes import granted_scopes, missing_scopes, write_scope
from tests.mutants.shape import date_times, documented_responses, json_encoding, members, response_schema
from tests.mutants.waveforms import anomaly_decisions, movement_values, sample_series, shape_json
from tests.mutants.windows import (
    contents,
    extreme_dates,
    length,
    nesting,
    open_ends,
    parameter_names,
    splitting,
    timestamp_formats,
)
from tests.mutants.writes import concurrent_writes, created_reports, idempotency, request_bodies, stored_members

__all__ = ["MUTANTS"]

MUTANTS: tuple[Mutant, ...] = (
    *header_forms.MUTANTS,
    *key_secrecy.MUTANTS,
    *me_identity.MUTANTS,
    *rejected_keys.MUTANTS,
    *granted_scopes.MUTANTS,
    *missing_scopes.MUTANTS,
    *write_scope.MUTANTS,
    *error_bodies.MUTANTS,
    *parameter_values.MUTANTS,
    *paths_and_methods.MUTANTS,
    *server_errors.MUTANTS,
    *unknown_resources.MUTANTS,
    *date_times.MUTANTS,
    *documented_responses.MUTANTS,
    *json_encoding.MUTANTS,
    *members.MUTANTS,
    *response_schema.MUTANTS,
    *complete_walks.MUTANTS,
    *cursor_binding.MUTANTS,
    *cursor_reuse.MUTANTS,
    *cursor_tampering.MUTANTS,
    *envelope.MUTANTS,
    *ordering.MUTANTS,
    *page_size.MUTANTS,
    *contents.MUTANTS,
    *extreme_dates.MUTANTS,
    *length.MUTANTS,
    *nesting.MUTANTS,
    *open_ends.MUTANTS,
    *parameter_names.MUTANTS,
    *splitting.MUTANTS,
    *timestamp_formats.MUTANTS,
    *active_status.MUTANTS,
    *combinations.MUTANTS,
    *matching_rows.MUTANTS,
    *text_values.MUTANTS,
    *unmatched_values.MUTANTS,
    *updated_since.MUTANTS,
    *value_types.MUTANTS,
    *isolation_aggregates.MUTANTS,
    *authentication_headers.MUTANTS,
    *boundary_ids.MUTANTS,
    *boundary_lists.MUTANTS,
    *foreign_ids.MUTANTS,
    *foreign_lists.MUTANTS,
    *foreign_writes.MUTANTS,
    *consistency_aggregates.MUTANTS,
    *asset_hierarchy.MUTANTS,
    *complete_lists.MUTANTS,
    *cycle_samples.MUTANTS,
    *daily_telemetry.MUTANTS,
    *list_and_detail.MUTANTS,
    *movement_signatures.MUTANTS,
    *references.MUTANTS,
    *service_records.MUTANTS,
    *timestamp_order.MUTANTS,
    *update_times.MUTANTS,
    *anomaly_decisions.MUTANTS,
    *movement_values.MUTANTS,
    *sample_series.MUTANTS,
    *shape_json.MUTANTS,
    *concurrent_writes.MUTANTS,
    *created_reports.MUTANTS,
    *idempotency.MUTANTS,
    *request_bodies.MUTANTS,
    *stored_members.MUTANTS,
    *concurrency.MUTANTS,
    *generated_requests.MUTANTS,
    *headers_and_methods.MUTANTS,
    *ids_and_paths.MUTANTS,
    *parameters.MUTANTS,
    *representations.MUTANTS,
)
