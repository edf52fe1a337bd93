"""The road: carriers that report by themselves, what they sent, when parcels are expected, proofs with photos, incidents, updates.

Revision ID: 0030
Revises: 0020
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_columns()
    _fill()
    _add_carriers()
    _add_inbox()
    _add_rest()


def downgrade() -> None:
    op.drop_index("ix_tracking_events_code", table_name="tracking_events", postgresql_where="code <> ''")
    op.drop_column("tracking_events", "problem")
    op.drop_column("tracking_events", "code")
    op.drop_constraint(op.f("fk_shipments_service_id"), "shipments", type_="foreignkey")
    op.drop_index(
        "ix_shipments_on_the_road",
        table_name="shipments",
        postgresql_where="state IN ('shipped', 'in_transit', 'out_for_delivery', 'ready_for_pickup', 'attempt_failed', 'held_up', 'returning')",
    )
    op.drop_column("shipments", "delivered_at")
    op.drop_column("shipments", "last_event_at")
    op.drop_column("shipments", "expected_by")
    op.drop_column("shipments", "expected_to")
    op.drop_column("shipments", "expected_from")
    op.drop_column("shipments", "zone")
    op.drop_column("shipments", "service_id")
    op.drop_constraint(op.f("fk_proofs_event_id"), "proofs", type_="foreignkey")
    op.drop_column("proofs", "event_id")
    op.drop_column("channels", "delivered_after_days")
    op.drop_column("carriers", "timezone")
    op.drop_column("carriers", "cut_off")
    op.drop_column("carriers", "number_form")
    op.drop_column("carriers", "aliases")
    op.drop_column("carriers", "hook_format")
    op.drop_column("carriers", "takes_parcels")
    op.drop_table("proof_photos")
    op.drop_index("ix_parked_events_until", table_name="parked_events", postgresql_where="attached_id IS NULL AND dropped_at IS NULL")
    op.drop_index("ix_parked_events_number", table_name="parked_events", postgresql_where="attached_id IS NULL AND dropped_at IS NULL")
    op.drop_table("parked_events")
    op.drop_index("uq_parcel_incidents_open", table_name="parcel_incidents", postgresql_where="resolved_at IS NULL")
    op.drop_index(op.f("ix_parcel_incidents_shipment_id"), table_name="parcel_incidents")
    op.drop_index("ix_parcel_incidents_list", table_name="parcel_incidents", postgresql_where="resolved_at IS NULL")
    op.drop_table("parcel_incidents")
    op.drop_index("uq_update_requests_email", table_name="update_requests", postgresql_where="ended_at IS NULL")
    op.drop_table("update_requests")
    op.drop_table("transit_times")
    op.drop_index("uq_tracking_inbox_event", table_name="tracking_inbox", postgresql_where="first_id IS NULL")
    op.drop_index("uq_tracking_inbox_altered", table_name="tracking_inbox")
    op.drop_index("ix_tracking_inbox_waiting", table_name="tracking_inbox", postgresql_where="state = 'waiting'")
    op.drop_index("ix_tracking_inbox_open", table_name="tracking_inbox", postgresql_where="state IN ('unreadable', 'quarantined')")
    op.drop_index("ix_tracking_inbox_kept", table_name="tracking_inbox", postgresql_where="settled_at IS NOT NULL AND body IS NOT NULL")
    op.drop_index("ix_tracking_inbox_digest", table_name="tracking_inbox")
    op.drop_table("tracking_inbox")
    op.drop_table("carrier_zones")
    op.drop_index("uq_carrier_services_code", table_name="carrier_services")
    op.drop_table("carrier_services")
    op.drop_index("uq_carrier_secrets_current", table_name="carrier_secrets", postgresql_where="ends_at IS NULL")
    op.drop_index("ix_carrier_secrets_carrier", table_name="carrier_secrets")
    op.drop_table("carrier_secrets")
    op.drop_table("carrier_codes")


def _add_columns() -> None:
    _add("carriers", "takes_parcels", sa.Boolean(), "true")
    _add("carriers", "hook_format", sa.String(length=20), "")
    _add("carriers", "aliases", sa.String(length=300), "")
    _add("carriers", "number_form", sa.String(length=20), "")
    op.add_column("carriers", sa.Column("cut_off", sa.Time(), nullable=True))
    _add("carriers", "timezone", sa.String(length=40), "")
    op.add_column("channels", sa.Column("delivered_after_days", sa.BigInteger(), nullable=True, server_default="10"))
    op.alter_column("channels", "delivered_after_days", server_default=None)
    op.add_column("proofs", sa.Column("event_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_proofs_event_id"), "proofs", "tracking_events", ["event_id"], ["id"])
    op.add_column("shipments", sa.Column("service_id", sa.BigInteger(), nullable=True))
    _add("shipments", "zone", sa.String(length=20), "")
    op.add_column("shipments", sa.Column("expected_from", sa.Date(), nullable=True))
    op.add_column("shipments", sa.Column("expected_to", sa.Date(), nullable=True))
    _add("shipments", "expected_by", sa.String(length=10), "")
    op.add_column("shipments", sa.Column("last_event_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("shipments", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_shipments_on_the_road",
        "shipments",
        ["expected_to", "id"],
        unique=False,
        postgresql_where="state IN ('shipped', 'in_transit', 'out_for_delivery', 'ready_for_pickup', 'attempt_failed', 'held_up', 'returning')",
    )
    _add("tracking_events", "code", sa.String(length=60), "")
    _add("tracking_events", "problem", sa.String(length=20), "")
    op.create_index("ix_tracking_events_code", "tracking_events", ["code", "id"], unique=False, postgresql_where="code <> ''")
    _check("carriers", "hook_format", "hook_format IN ('', 'own', 'aftership', 'easypost', '17track', 'kuaidi100')")
    _check("channels", "delivered_after_days", "delivered_after_days BETWEEN 1 AND 365")
    _check("shipments", "expected_by", "expected_by IN ('', 'carrier', 'history', 'table')")
    _check("shipments", "expected", "expected_from <= expected_to")
    _check("shipments", "expectation", "(expected_by = '') = (expected_from IS NULL) AND (expected_from IS NULL) = (expected_to IS NULL)")
    _check(
        "tracking_events",
        "problem",
        "problem = '' OR problem IN ('address', 'absent', 'refused', 'customs', 'weather', 'damaged', 'payment', 'not_collected', 'delayed', 'not_received', 'other')",
    )


def _fill() -> None:
    """What the road wrote nowhere until now, from its events."""
    op.execute(
        """
        UPDATE shipments SET last_event_at = told.last, delivered_at = CASE WHEN shipments.state = 'delivered' THEN told.delivered END
          FROM (SELECT shipment_id, max(occurred_at) FILTER (WHERE occurred_at <= recorded_at + interval '10 minutes') AS last,
                       max(occurred_at) FILTER (WHERE status = 'delivered') AS delivered
                  FROM tracking_events GROUP BY shipment_id) told
         WHERE told.shipment_id = shipments.id
        """
    )


def _add(table: str, column: str, kind: Any, value: str) -> None:
    op.add_column(table, sa.Column(column, kind, nullable=False, server_default=value))
    op.alter_column(table, column, server_default=None)


def _check(table: str, name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _add_carriers() -> None:
    op.create_table(
        "carrier_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=True),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.Column("sample", sa.String(length=500), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mapped_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "problem = '' OR problem IN ('address', 'absent', 'refused', 'customs', 'weather', 'damaged', 'payment', 'not_collected', 'delayed', 'not_received', 'other')",
            name=op.f("ck_carrier_codes_problem"),
        ),
        sa.CheckConstraint(
            "status IS NULL OR status IN ('label_created', 'in_transit', 'out_for_delivery', 'ready_for_pickup', 'attempt_failed', 'held_up', 'delivered', 'returning', 'returned_to_sender', 'lost', 'disputed')",
            name=op.f("ck_carrier_codes_status"),
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carriers.id"], name=op.f("fk_carrier_codes_carrier_id")),
        sa.ForeignKeyConstraint(["mapped_by"], ["staff.id"], name=op.f("fk_carrier_codes_mapped_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_codes")),
        sa.UniqueConstraint("carrier_id", "code", name=op.f("uq_carrier_codes_carrier_id_code")),
    )
    op.create_table(
        "carrier_secrets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["carrier_id"], ["carriers.id"], name=op.f("fk_carrier_secrets_carrier_id")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_carrier_secrets_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_secrets")),
    )
    op.create_index("ix_carrier_secrets_carrier", "carrier_secrets", ["carrier_id", "id"], unique=False)
    op.create_index("uq_carrier_secrets_current", "carrier_secrets", ["carrier_id"], unique=True, postgresql_where="ends_at IS NULL")
    op.create_table(
        "carrier_services",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carriers.id"], name=op.f("fk_carrier_services_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_services")),
    )
    op.create_index("uq_carrier_services_code", "carrier_services", ["carrier_id", sa.literal_column("lower(code)")], unique=True)
    op.create_table(
        "carrier_zones",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(length=20), nullable=False),
        sa.Column("least_days", sa.BigInteger(), nullable=False),
        sa.Column("most_days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("0 <= least_days AND least_days <= most_days AND most_days <= 365", name=op.f("ck_carrier_zones_days")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carriers.id"], name=op.f("fk_carrier_zones_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_zones")),
        sa.UniqueConstraint("carrier_id", "zone", name=op.f("uq_carrier_zones_carrier_id_zone")),
    )
    op.create_table(
        "transit_times",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(length=20), nullable=False),
        sa.Column("samples", sa.BigInteger(), nullable=False),
        sa.Column("early_days", sa.BigInteger(), nullable=False),
        sa.Column("usual_days", sa.BigInteger(), nullable=False),
        sa.Column("late_days", sa.BigInteger(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "samples > 0 AND 0 <= early_days AND early_days <= usual_days AND usual_days <= late_days", name=op.f("ck_transit_times_days")
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carriers.id"], name=op.f("fk_transit_times_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transit_times")),
        sa.UniqueConstraint("carrier_id", "zone", name=op.f("uq_transit_times_carrier_id_zone")),
    )
    op.create_foreign_key(op.f("fk_shipments_service_id"), "shipments", "carrier_services", ["service_id"], ["id"])


def _add_inbox() -> None:
    op.create_table(
        "tracking_inbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(length=260), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("repeats", sa.BigInteger(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=True),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'worked', 'ignored', 'unreadable', 'quarantined', 'discarded')", name=op.f("ck_tracking_inbox_state")
        ),
        sa.ForeignKeyConstraint(["carrier_id"], ["carriers.id"], name=op.f("fk_tracking_inbox_carrier_id")),
        sa.ForeignKeyConstraint(["first_id"], ["tracking_inbox.id"], name=op.f("fk_tracking_inbox_first_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["staff.id"], name=op.f("fk_tracking_inbox_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_inbox")),
    )
    op.create_index("ix_tracking_inbox_digest", "tracking_inbox", ["carrier_id", "digest"], unique=False)
    op.create_index(
        "ix_tracking_inbox_kept", "tracking_inbox", ["settled_at"], unique=False, postgresql_where="settled_at IS NOT NULL AND body IS NOT NULL"
    )
    op.create_index("ix_tracking_inbox_open", "tracking_inbox", ["id"], unique=False, postgresql_where="state IN ('unreadable', 'quarantined')")
    op.create_index("ix_tracking_inbox_waiting", "tracking_inbox", ["id"], unique=False, postgresql_where="state = 'waiting'")
    op.create_index("uq_tracking_inbox_altered", "tracking_inbox", ["first_id", "digest"], unique=True)
    op.create_index("uq_tracking_inbox_event", "tracking_inbox", ["carrier_id", "event_id"], unique=True, postgresql_where="first_id IS NULL")
    op.create_table(
        "parked_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("carrier_id", sa.BigInteger(), nullable=False),
        sa.Column("tracking_number", sa.String(length=60), nullable=False),
        sa.Column("source_id", sa.String(length=100), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offset_minutes", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_id", sa.BigInteger(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "problem = '' OR problem IN ('address', 'absent', 'refused', 'customs', 'weather', 'damaged', 'payment', 'not_collected', 'delayed', 'not_received', 'other')",
            name=op.f("ck_parked_events_problem"),
        ),
        sa.CheckConstraint(
            "status IN ('label_created', 'in_transit', 'out_for_delivery', 'ready_for_pickup', 'attempt_failed', 'held_up', 'delivered', 'returning', 'returned_to_sender', 'lost', 'disputed')",
            name=op.f("ck_parked_events_status"),
        ),
        sa.ForeignKeyConstraint(["attached_id"], ["tracking_events.id"], name=op.f("fk_parked_events_attached_id")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carriers.id"], name=op.f("fk_parked_events_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_events")),
        sa.UniqueConstraint("carrier_id", "source_id", name=op.f("uq_parked_events_carrier_id_source_id")),
    )
    op.create_index(
        "ix_parked_events_number",
        "parked_events",
        ["tracking_number", "id"],
        unique=False,
        postgresql_where="attached_id IS NULL AND dropped_at IS NULL",
    )
    op.create_index(
        "ix_parked_events_until", "parked_events", ["until", "id"], unique=False, postgresql_where="attached_id IS NULL AND dropped_at IS NULL"
    )


def _add_rest() -> None:
    op.create_table(
        "update_requests",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_update_requests_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_requests")),
    )
    op.create_index(
        "uq_update_requests_email",
        "update_requests",
        ["order_id", sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    op.create_table(
        "parcel_incidents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_kind", sa.String(length=20), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.BigInteger(), nullable=True),
        sa.Column("resolution", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolution = '')", name=op.f("ck_parcel_incidents_resolution")),
        sa.CheckConstraint(
            "kind IN ('not_received', 'moving_undispatched', 'delivered_after_loss', 'coming_back')", name=op.f("ck_parcel_incidents_kind")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_parcel_incidents_order_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["staff.id"], name=op.f("fk_parcel_incidents_resolved_by")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_parcel_incidents_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_incidents")),
    )
    op.create_index("ix_parcel_incidents_list", "parcel_incidents", ["id"], unique=False, postgresql_where="resolved_at IS NULL")
    op.create_index(op.f("ix_parcel_incidents_shipment_id"), "parcel_incidents", ["shipment_id"], unique=False)
    op.create_index(
        "uq_parcel_incidents_open", "parcel_incidents", ["order_id", "shipment_id", "kind"], unique=True, postgresql_where="resolved_at IS NULL"
    )
    op.create_table(
        "proof_photos",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("proof_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["staff.id"], name=op.f("fk_proof_photos_added_by")),
        sa.ForeignKeyConstraint(["proof_id"], ["proofs.id"], name=op.f("fk_proof_photos_proof_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_photos")),
        sa.UniqueConstraint("name", name=op.f("uq_proof_photos_name")),
        sa.UniqueConstraint("proof_id", name=op.f("uq_proof_photos_proof_id")),
    )
