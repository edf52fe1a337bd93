"""Who listens to what: every subscription of the house at a glance. Calls go down the ladder, news goes up."""

from collections.abc import Sequence

from logistics.core.events import Event, Listener

SUBSCRIPTIONS: dict[type[Event], Sequence[Listener]] = {}
