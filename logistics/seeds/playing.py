"""Playing a past: stories that overlap, told in the order of time, so that every ledger and log reads as if it had been kept from day to day."""

from collections.abc import Generator, Iterable
from datetime import datetime
from heapq import heapify, heappop, heappush

from logistics.core import clock

# What it yields is when it goes on; what it does then happens at that moment.
Story = Generator[datetime, None, None]


def play(stories: Iterable[Story]) -> None:
    """Play the stories to their ends, always the one whose next moment is the earliest."""
    waiting = [(next(story), number, story) for number, story in enumerate(stories)]
    heapify(waiting)
    while waiting:
        moment, number, story = heappop(waiting)
        with clock.replaying(moment):
            upcoming = next(story, None)
        if upcoming is not None:
            heappush(waiting, (upcoming, number, story))
