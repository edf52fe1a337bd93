"""What no code may do: rewrite a ledger, or change a quantity on hand without a movement.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("movements", "entries", "payment_moves", "event_log")


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: corrections are new rows', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND (NEW.text IS NULL OR NEW.text = OLD.text) AND (NEW.place IS NULL OR NEW.place = OLD.place)
               AND to_jsonb(NEW) - 'text' - 'place' = to_jsonb(OLD) - 'text' - 'place' THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '% is append-only: corrections are new rows', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON tracking_events FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure()")
    for table in (*APPEND_ONLY, "tracking_events"):
        op.execute(f"CREATE TRIGGER keep_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    op.execute(
        """
        CREATE FUNCTION check_level_against_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            level_id bigint;
            level stock_levels;
            sellable bigint;
            quarantine bigint;
        BEGIN
            IF TG_TABLE_NAME = 'movements' THEN
                level_id := NEW.stock_level_id;
            ELSE
                level_id := NEW.id;
            END IF;
            SELECT * INTO level FROM stock_levels WHERE id = level_id;
            SELECT balance_after INTO sellable FROM movements
             WHERE stock_level_id = level_id AND bucket = 'sellable' ORDER BY id DESC LIMIT 1;
            SELECT balance_after INTO quarantine FROM movements
             WHERE stock_level_id = level_id AND bucket = 'quarantine' ORDER BY id DESC LIMIT 1;
            IF level.id IS NOT NULL AND (level.on_hand <> coalesce(sellable, 0) OR level.quarantined <> coalesce(quarantine, 0)) THEN
                RAISE EXCEPTION 'stock level % changed without its movement', level_id USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE CONSTRAINT TRIGGER follows_ledger AFTER INSERT OR UPDATE OF on_hand, quarantined ON stock_levels
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_level_against_ledger()
        """
    )
    op.execute(
        """
        CREATE CONSTRAINT TRIGGER has_level AFTER INSERT ON movements
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_level_against_ledger()
        """
    )
    op.execute(
        """
        CREATE FUNCTION keep_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR NEW.stock_level_id <> OLD.stock_level_id OR NEW.order_line_id <> OLD.order_line_id
               OR (OLD.state IN ('consumed', 'released') AND NEW.state NOT IN (OLD.state, 'active')) THEN
                RAISE EXCEPTION 'reservations are split and closed, never moved or deleted' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute("CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON reservations FOR EACH ROW EXECUTE FUNCTION keep_reservation()")


def downgrade() -> None:
    op.execute("DROP TRIGGER stays ON reservations")
    op.execute("DROP TRIGGER has_level ON movements")
    op.execute("DROP TRIGGER follows_ledger ON stock_levels")
    for table in (*APPEND_ONLY, "tracking_events"):
        op.execute(f"DROP TRIGGER append_only ON {table}")
        op.execute(f"DROP TRIGGER keep_all ON {table}")
    for function in ("keep_reservation", "check_level_against_ledger", "refuse_change_but_erasure", "refuse_change"):
        op.execute(f"DROP FUNCTION {function}()")
